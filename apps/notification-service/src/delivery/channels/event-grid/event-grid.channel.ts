import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent } from 'undici';
import { ENVELOPE_CONTENT_TYPE } from '#contracts';
import type { Clock } from '#kernel';
import { CLOCK, CONFIG, type Config } from '../../../config.js';
import { guardedAgent } from '../../../outbound/guarded-agent.js';
import { WEBHOOK_RETRIES } from '../../attempts/retry-policy.js';
import type { Channel, Outcome, Shipment } from '../channel.js';
import { type HttpPost, post } from '../http/http-post.js';
import { markedEvent } from '../marked-event.js';
import { outcomeOf } from './answer.js';

const API_VERSION = '2018-01-01';

/** CloudEvents posted to a topic of Azure Event Grid whose input schema is CloudEvents 1.0. */
@Injectable()
export class EventGridChannel implements Channel, OnApplicationShutdown {
  readonly name = 'event-grid';
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
    return post(requestOf(shipment), {
      dispatcher: this.agent,
      signal,
      judge: (answer) => outcomeOf(answer, now),
    });
  }
}

/** The newest secret is the topic's access key. */
function requestOf({ envelope, sink, secrets: [accessKey = ''], replayId }: Shipment): HttpPost {
  const url = new URL(sink);
  if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', API_VERSION);
  return {
    url: url.href,
    body: JSON.stringify(markedEvent({ envelope, replayId })),
    headers: {
      'content-type': `${ENVELOPE_CONTENT_TYPE}; charset=utf-8`,
      'user-agent': 'Usher',
      'aeg-sas-key': accessKey,
    },
  };
}
