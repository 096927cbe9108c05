import { applyDecorators, Catch, type RpcExceptionFilter, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import type { QueueName } from '../topology.js';

/** One transport id for each queue, so that a handler is bound to the consumer of its own queue and to no other. */
export const transportOf = (queue: QueueName): symbol => Symbol.for(`usher:${queue}`);

/** Nest replaces what an event handler throws by "Internal server error"; the consumer decides by the real one. */
@Catch()
class Rethrow implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

const takes = (queue: QueueName): MethodDecorator =>
  applyDecorators(EventPattern<QueueName>(queue, transportOf(queue)), UseFilters(Rethrow));

/**
 * Marks the controller method that takes all messages of `queue`: `(batch: readonly Delivery[]) => Promise<void>`, in order
 * and one batch after the other. It does the work for the whole batch or for none of it. Resolving acknowledges the
 * batch; a retryable error (`UsherError.retryable`, or a database that is out of reach) has the same batch tried again;
 * any other error means that one of them is bad, which is then found and parked. A batch may come again in part or in
 * whole, after a crash or a lost connection.
 */
export const OrderedBatches = takes;

/**
 * Marks the controller method that takes each message of `queue`: `(message: Delivery) => Promise<void>`, many side by
 * side. Resolving acknowledges the message; a retryable error has it tried again, in its place; any other error parks
 * it. A message may come again after a crash or a lost connection.
 */
export const EachMessage = takes;

/**
 * Marks the controller method that takes each message of `queue` whatever it is: `(message: RawMessage) => Promise<void>`, many
 * side by side. Resolving acknowledges the message; any error has it tried again, in its place, and none is ever parked.
 */
export const EachRawMessage = takes;
