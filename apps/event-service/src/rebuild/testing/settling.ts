import { expect } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { SYSTEM_ACTOR } from '#contracts';
import { newId } from '#kernel';
import { EventLog, Transactions } from '#persistence';
import { until } from '#testing';
import type { TestService } from '../../../test/start-event-service.js';
import { Reactions } from '../../workflows/reactions.js';

/** Tells when the instances of a service have done all that follows from what has happened. */
export class Settling {
  private readonly seen = new Set<string>();

  /** Every instance, for one of them gets the messages; call it when they have started. */
  constructor(private readonly instances: readonly TestService[]) {
    for (const { app } of instances)
      app.get(Reactions, { strict: false }).register({
        on: ['usher.attendee.removed'],
        about: ({ data }) => data.attendee.id,
        react: async ({ data }) => void this.seen.add(data.attendee.id),
      });
  }

  /** Waits until a message that was said after everything has come back, and nothing else has been said meanwhile. */
  async settled(): Promise<void> {
    for (;;) {
      const said = await this.length();
      const id = newId();
      await this.say(id);
      await until(() => expect(this.seen).toContain(id), 20_000);
      if ((await this.length()) === said + 1) return;
    }
  }

  /** Nobody of that id was ever there to be removed. */
  private async say(id: string): Promise<void> {
    const entry = {
      stream: `settling/${id}`,
      version: 1,
      type: 'usher.attendee.removed' as const,
      subject: `settling/${id}`,
      data: { attendee: { id }, event_ids: [], actor: SYSTEM_ACTOR },
      time: new Date(),
      actor: SYSTEM_ACTOR,
    };
    const log = this.get(EventLog);
    await this.get(Transactions).run(() => log.append(entry));
  }

  private length(): Promise<number> {
    return this.get<Connection>(getConnectionToken()).collection('event_log').countDocuments();
  }

  private get<T>(token: string | (new (...args: never[]) => T)): T {
    const [first] = this.instances;
    if (first === undefined) throw new Error('There is no instance.');
    return first.app.get<T>(token, { strict: false });
  }
}
