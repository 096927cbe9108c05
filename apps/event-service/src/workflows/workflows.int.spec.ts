import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import { type ChannelModel, connect } from 'amqplib';
import type { Connection } from 'mongoose';
import { UsherError } from '#kernel';
import { EventLog, type LogEntry, Transactions } from '#persistence';
import { newEvent, signUp, type TestAccount, until } from '#testing';
import { startEventService, type TestService } from '../../test/start-event-service.js';
import { Reactions, type Trigger } from './reactions.js';

let service: TestService;
let broker: ChannelModel;
let ada: TestAccount;
let react: (trigger: Trigger<'usher.event.created'>) => Promise<void>;
const seen: string[] = [];

beforeAll(async () => {
  service = await startEventService();
  broker = await connect(service.rabbitmqUrl);
  ada = await signUp(service);
  service.app.get(Reactions, { strict: false }).register({
    on: ['usher.event.created'],
    about: ({ data }) => data.event.id,
    react: async (trigger) => {
      seen.push(trigger.data.event.id);
      await react(trigger);
    },
  });
}, 60_000);
afterAll(async () => {
  await broker.close();
  await service.close();
});
beforeEach(() => {
  seen.length = 0;
  react = async () => undefined;
});

async function create(): Promise<string> {
  const response = await service.http.post('/v1/events').set(ada.headers).send(newEvent()).expect(201);
  return (response.body as { id: string }).id;
}

const log = () => service.app.get<Connection>(getConnectionToken()).collection<LogEntry>('event_log');

async function parked(): Promise<number> {
  const channel = await broker.createChannel();
  const { messageCount } = await channel.checkQueue('usher.parked.v1');
  await channel.close();
  return messageCount;
}

describe('a reaction to what was said', () => {
  it('comes after a change, and what it appends belongs to the same chain', async () => {
    react = ({ data: { event, actor } }) =>
      service.app.get(Transactions, { strict: false }).run(() =>
        service.app.get(EventLog, { strict: false }).append({
          stream: `test/${event.id}`,
          version: 1,
          type: 'usher.event.reminder',
          subject: `events/${event.id}`,
          data: { event, minutes_before: 60, actor },
          time: new Date(),
          actor,
        }),
      );
    const id = await create();
    await until(async () => {
      const cause = await log().findOne({ stream: `event/${id}` });
      expect(await log().findOne({ stream: `test/${id}` })).toMatchObject({
        causationid: cause?._id,
        correlationid: cause?.correlationid,
        traceparent: expect.stringContaining(cause?.traceparent.split('-')[1] ?? ''),
      });
    });
  });

  it('is tried again for as long as the trouble passes', async () => {
    let failures = 3;
    react = async () => {
      if (failures-- > 0) throw new UsherError('unavailable', 'Away.', { retryable: true });
    };
    const id = await create();
    await until(() => expect(seen).toEqual([id, id, id, id]));
  });

  it('that fails for good has its message parked, and no other', async () => {
    const before = await parked();
    react = async () => {
      throw new Error('a mistake');
    };
    await create();
    await until(async () => expect(await parked()).toBe(before + 1));
    react = async () => undefined;
    const next = await create();
    await until(() => expect(seen.at(-1)).toBe(next));
    expect(await parked()).toBe(before + 1);
  });
});

it('what an instance leaves undone when it ends, another does', async () => {
  const other = await startEventService({ RABBITMQ_URL: service.rabbitmqUrl }, service.database);
  const taken: string[] = [];
  other.app.get(Reactions, { strict: false }).register({
    on: ['usher.event.created'],
    about: ({ data }) => data.event.id,
    react: async ({ data }) => void taken.push(data.event.id),
  });
  // The one that has the queue cannot finish what it began.
  react = async () => {
    throw new UsherError('unavailable', 'Away.', { retryable: true });
  };
  const id = await create();
  await until(() => expect(seen).toContain(id));
  expect(taken).toEqual([]);
  await service.app.close();
  await until(() => expect(taken).toEqual([id]));
  await other.close();
});
