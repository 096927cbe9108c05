import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Envelope } from '#contracts';
import type { Clock } from '#kernel';
import { CLOCK } from '../../config.js';
import type { RetryPolicy } from '../../delivery/attempts/retry-policy.js';
import type { Channel, Outcome, Shipment } from '../../delivery/channels/channel.js';
import { post } from '../../delivery/channels/http/http-post.js';
import { guardedAgent } from '../../outbound/guarded-agent.js';
import { toAdEventsX } from './ad-event.js';
import { outcomeOf } from './answer.js';
import { eventIn } from './forwarding.js';

/** The requirement's schedule, to the second; an hour is the longest that AdEventsX may ask to be left alone. */
const RETRIES: RetryPolicy = { waits: [1, 2, 4], jitter: 0, longestRetryAfter: 3_600 };

/** Events in AdEventsX's own form. */
@Injectable()
export class AdEventsXChannel implements Channel, OnApplicationShutdown {
  readonly name = 'adeventsx';
  readonly retries = RETRIES;
  readonly breaks = false;
  /** The address is the operator's own setting: it may well be a private one. */
  private readonly agent = guardedAgent({ allowPrivate: true });

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  async deliver({ envelope, sink }: Shipment, signal: AbortSignal): Promise<Outcome> {
    const body = bodyOf(envelope);
    if (body === undefined)
      return { kind: 'permanent', stage: 'prepare', error: 'It is no event that AdEventsX could take.' };
    const headers = { 'content-type': 'application/json', 'user-agent': 'Usher' };
    return post(
      { url: sink, headers, body },
      { dispatcher: this.agent, signal, judge: (answer) => outcomeOf(answer, this.clock.now()) },
    );
  }
}

/** Undefined where the envelope carries something else: however often it were tried, that would not change. */
function bodyOf(envelope: Envelope): string | undefined {
  try {
    return JSON.stringify(toAdEventsX(eventIn(envelope)));
  } catch {
    return undefined;
  }
}
