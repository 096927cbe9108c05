import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { Envelope, UsherEventType } from '#contracts';
import type { Page, Problem } from '#http';
import { newId } from '#kernel';
import { startTestApp, type TestApp, type TestDatabase, type TestSession } from '#testing';
import { API } from '../../api.js';
import { CLOCK, CONFIG, readConfig } from '../../config.js';
import { SubscriptionMatcher } from '../matching/subscription-matcher.js';
import { SubscriptionsModule } from '../subscriptions.module.js';
import { SubscriptionsService } from '../subscriptions.service.js';
import type { SubscriptionAnswer } from '../subscriptions.dto.js';

const START = '2026-11-20T10:00:00.000Z';

export const SINK = 'https://example.com/hook';

/** A request under way. Which of the bodies it was answered with, its status says. */
export interface Asking extends PromiseLike<Answered> {
  set(header: string, value: string): Asking;
  send(body: object): Asking;
  expect(status: number): Asking;
}
interface Answered {
  status: number;
  headers: Record<string, string>;
  body: SubscriptionAnswer & Page<SubscriptionAnswer> & Problem;
}

/** The subscriptions feature as a real HTTP application, with a clock that the test sets. */
export class SubscriptionsApp {
  private constructor(
    readonly test: TestApp,
    readonly clock: { time: Date; now(): Date },
  ) {}

  /** Several on one database are the instances of one service. */
  static async start(database?: TestDatabase): Promise<SubscriptionsApp> {
    const clock = {
      time: new Date(START),
      now(): Date {
        return this.time;
      },
    };
    class Settings {}
    const settings = {
      module: Settings,
      global: true,
      providers: [
        { provide: CONFIG, useValue: readConfig({}) },
        { provide: CLOCK, useValue: clock },
      ],
      exports: [CONFIG, CLOCK],
    };
    const test = await startTestApp({
      imports: [settings, SubscriptionsModule],
      api: API,
      ...(database === undefined ? {} : { database }),
    });
    return new SubscriptionsApp(test, clock);
  }

  get matcher(): SubscriptionMatcher {
    return this.test.app.get(SubscriptionMatcher);
  }

  get service(): SubscriptionsService {
    return this.test.app.get(SubscriptionsService);
  }

  get connection(): Connection {
    return this.test.app.get<Connection>(getConnectionToken());
  }

  pass(milliseconds: number): void {
    this.clock.time = new Date(this.clock.time.getTime() + milliseconds);
  }

  request(method: 'get' | 'post' | 'patch' | 'delete', path: string, who?: TestSession): Asking {
    const request = this.test.http[method](path);
    return who === undefined ? request : request.set(who.headers);
  }

  async subscribe(who: TestSession, members: object = {}): Promise<SubscriptionAnswer> {
    const body = { protocol: 'HTTP', sink: SINK, ...members };
    const response = await this.request('post', '/v1/subscriptions', who).send(body).expect(201);
    return response.body;
  }

  /** The ids of the subscriptions that match, sorted. */
  async matched(envelope: Envelope): Promise<string[]> {
    const matches = await this.matcher.match([envelope]);
    return matches.map(({ subscription }) => subscription.id).toSorted();
  }
}

export const anEvent = (type: UsherEventType | `com.${string}`, members: Partial<Envelope> = {}): Envelope => ({
  specversion: '1.0',
  id: newId(),
  source: '/event-service',
  type,
  data: {},
  ...members,
});
