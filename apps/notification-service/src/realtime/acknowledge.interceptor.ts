import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { catchError, defer, from, type Observable, of, switchMap } from 'rxjs';
import type { Acknowledgement } from '#contracts';
import { type Clock, UsherError } from '#kernel';
import { LOGGER, type Logger } from '#observability';
import { fromMongoError } from '#persistence';
import { CLOCK } from '../config.js';
import type { LiveSocket } from './socket-connection.js';

/** Answers each message of a client with an acknowledgement, refusals included, and holds the client to its limit. */
@Injectable()
export class AcknowledgeInterceptor implements NestInterceptor<Acknowledgement, Acknowledgement> {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<Acknowledgement>): Observable<Acknowledgement> {
    const socket: LiveSocket = context.switchToWs().getClient();
    return defer(() => {
      socket.data.limit.take(this.clock.now().getTime());
      return from(Promise.resolve(next.handle())).pipe(switchMap((answer) => answer));
    }).pipe(
      catchError((error: unknown) => {
        const known = usherError(error);
        if (known.code === 'internal-error') this.logger.error({ err: error }, 'socket.failed');
        return of<Acknowledgement>({ ok: false, error: { code: known.code, detail: known.detail } });
      }),
    );
  }
}

/** A refused connection, as Socket.IO tells the client in `connect_error`: `data.code` and `data.detail`. */
export function refusal(error: unknown): Error & { data: { code: string; detail: string } } {
  const { code, detail } = usherError(error);
  return Object.assign(new Error(detail), { data: { code, detail } });
}

function usherError(error: unknown): UsherError {
  const mapped = fromMongoError(error);
  return mapped instanceof UsherError
    ? mapped
    : new UsherError('internal-error', 'Something went wrong.', { cause: error });
}
