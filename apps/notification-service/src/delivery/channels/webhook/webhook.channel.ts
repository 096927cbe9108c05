import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Agent, request } from 'undici';
import { ENVELOPE_CONTENT_TYPE } from '#contracts';
import type { Clock } from '#kernel';
import { CLOCK, CONFIG, type Config } from '../../../config.js';
import { AddressRefused, guardedAgent } from '../../../outbound/guarded-agent.js';
import { WEBHOOK_RETRIES } from '../../attempts/retry-policy.js';
import type { Channel, Outcome, Shipment } from '../channel.js';
import { outcomeOf } from './answer.js';
import { signedHeaders } from './signature.js';

/** What of an answer is read; whoever sends more is cut off. Its status has been seen by then. */
const ANSWER_BYTES = 65_536;

/** Signed HTTP requests after Standard Webhooks, with the CloudEvent as their body. */
@Injectable()
export class WebhookChannel implements Channel, OnApplicationShutdown {
  readonly name = 'webhook';
  readonly retries = WEBHOOK_RETRIES;
  private readonly agent: Agent;

  constructor(
    @Inject(CONFIG) { WEBHOOK_ALLOW_PRIVATE }: Pick<Config, 'WEBHOOK_ALLOW_PRIVATE'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.agent = guardedAgent({ allowPrivate: WEBHOOK_ALLOW_PRIVATE });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  async deliver(shipment: Shipment, signal: AbortSignal): Promise<Outcome> {
    const now = this.clock.now();
    try {
      const { statusCode, headers, body } = await request(shipment.sink, {
        ...requestOf(shipment, now),
        dispatcher: this.agent,
        signal,
      });
      await drain(body);
      const retryAfter = headers['retry-after'];
      return outcomeOf(statusCode, typeof retryAfter === 'string' ? retryAfter : undefined, now);
    } catch (error) {
      return failureOf(error, signal);
    }
  }
}

function requestOf({ id, envelope, secrets, replayId }: Shipment, now: Date) {
  const body = JSON.stringify(envelope);
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': `${ENVELOPE_CONTENT_TYPE}; charset=utf-8`,
      'user-agent': 'Usher',
      ...signedHeaders({ id, body, secrets }, now),
      ...(envelope.traceparent === undefined ? {} : { traceparent: envelope.traceparent }),
      ...(replayId === null ? {} : { 'x-usher-replay': replayId }),
    },
  } as const;
}

/** To its end, so that the connection can be used again, or as far as anybody should have to listen. */
async function drain(body: AsyncIterable<Buffer>): Promise<void> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop destroys the body, and its connection with it.
    if (bytes > ANSWER_BYTES) return;
  }
}

function failureOf(error: unknown, signal: AbortSignal): Outcome {
  if (error instanceof AddressRefused) return { kind: 'permanent', stage: 'address', error: `${error.message}.` };
  if (signal.aborted) return { kind: 'retryable', stage: 'timeout', error: 'The receiver took too long.' };
  const stage = isBeforeSending(error) ? 'connect' : 'answer';
  return { kind: 'retryable', stage, error: describe(error) };
}

const CONNECT_FAILURES = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The code that Node or undici gives an error. */
const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const isBeforeSending = (error: unknown): boolean => CONNECT_FAILURES.has(codeOf(error) ?? '');

/** By its code: the words of a network error hold addresses that the subscriber may have no business to learn. */
const describe = (error: unknown): string => `The request failed: ${codeOf(error) ?? 'no valid answer'}.`;
