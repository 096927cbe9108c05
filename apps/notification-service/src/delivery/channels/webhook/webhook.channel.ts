import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent } from 'undici';
import { ENVELOPE_CONTENT_TYPE } from '#contracts';
import type { Clock } from '#kernel';
import { CLOCK, CONFIG, type Config } from '../../../config.js';
import { guardedAgent } from '../../../outbound/guarded-agent.js';
import { WEBHOOK_RETRIES } from '../../attempts/retry-policy.js';
import type { Channel, Outcome, Shipment } from '../channel.js';
import { type HttpPost, post } from '../http/http-post.js';
import { outcomeOf } from './answer.js';
import { signedHeaders } from './signature.js';

/** Signed HTTP requests after Standard Webhooks, with the CloudEvent as their body. */
@Injectable()
export class WebhookChannel implements Channel, OnApplicationShutdown {
  readonly name = 'webhook';
  readonly retries = WEBHOOK_RETRIES;
  readonly breaks = true;
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
    return post(requestOf(shipment, now), {
      dispatcher: this.agent,
      signal,
      judge: (answer) => outcomeOf(answer, now),
    });
  }
}

function requestOf({ id, envelope, sink, secrets, replayId }: Shipment, now: Date): HttpPost {
  const body = JSON.stringify(envelope);
  return {
    url: sink,
    body,
    headers: {
      'content-type': `${ENVELOPE_CONTENT_TYPE}; charset=utf-8`,
      'user-agent': 'Usher',
      ...signedHeaders({ id, body, secrets }, now),
      ...(envelope.traceparent === undefined ? {} : { traceparent: envelope.traceparent }),
      ...(replayId === null ? {} : { 'x-usher-replay': replayId }),
    },
  };
}
