import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Agent, request } from 'undici';
import { UsherError } from '#kernel';
import { CONFIG, type Config } from '../../config.js';

const CALENDAR_BYTES = 256 * 1_024;
/** How old one may be: many people book one event within moments. */
const MAX_AGE_MS = 5_000;
const MAX_KEPT = 500;

/** The calendars of events, as event-service publishes them. */
@Injectable()
export class Calendars implements OnApplicationShutdown {
  private readonly agent = new Agent({ maxResponseSize: CALENDAR_BYTES });
  private readonly kept = new LRUCache<string, { text: string | undefined }>({
    max: MAX_KEPT,
    ttl: MAX_AGE_MS,
    fetchMethod: async (id) => ({ text: await this.fetch(id) }),
  });

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'EVENT_SERVICE_URL' | 'EVENT_SERVICE_TIMEOUT_MS'>,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /** Undefined where the event is gone. Throws a retryable `unavailable` where nobody can be asked. */
  async of(eventId: string): Promise<string | undefined> {
    return (await this.kept.fetch(eventId))?.text;
  }

  private async fetch(eventId: string): Promise<string | undefined> {
    const url = `${this.config.EVENT_SERVICE_URL}/v1/events/${eventId}.ics`;
    try {
      const signal = AbortSignal.timeout(this.config.EVENT_SERVICE_TIMEOUT_MS);
      const { statusCode, body } = await request(url, { dispatcher: this.agent, signal });
      const text = await body.text();
      if (statusCode === 404) return undefined;
      if (statusCode === 200) return text;
      throw new Error(`event-service answered ${statusCode}.`);
    } catch (cause) {
      throw new UsherError('unavailable', 'The event’s calendar cannot be had at the moment.', {
        retryable: true,
        cause,
      });
    }
  }
}
