import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { until } from '#testing';
import { answers, resets } from '../../test/receiver.js';
import { DeliveryBed } from '../delivery/testing/delivery-bed.js';
import { DeadLettersModule } from './dead-letters.module.js';
import { DeadLettersService } from './dead-letters.service.js';
import { RedrivesService } from './redrives.service.js';

const ADMIN = { id: newId(), username: 'admin' };

describe('dead letters', () => {
  let bed: DeliveryBed;
  let deadLetters: DeadLettersService;
  let redrives: RedrivesService;

  beforeAll(async () => {
    bed = await DeliveryBed.start(DeadLettersModule);
    deadLetters = bed.app.get(DeadLettersService);
    redrives = bed.app.get(RedrivesService);
  });

  afterEach(async () => {
    await bed.clear();
  });

  afterAll(async () => {
    await bed.close();
  });

  it('gives up after the last attempt, keeps it as a dead letter, and redrives it', async () => {
    const receiver = await bed.receiver();
    receiver.answering = resets;
    const subscription = bed.subscribers.add(receiver, { maxAttempts: 2 });
    await bed.archive({});
    await until(async () => expect((await bed.deliveryTo(subscription))?.attempts).toHaveLength(1));
    bed.pass(6_000);
    await until(async () => expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'dead', tries: 2 }));
    const { id, attempts } = (await bed.deliveryTo(subscription))!;
    expect(attempts.map(({ next }) => next === null)).toEqual([false, true]);
    expect((await deadLetters.list({ limit: 10 })).data).toMatchObject([{ delivery: { id } }]);
    receiver.answering = answers(204);
    await redrives.redrive(id, ADMIN);
    await until(async () =>
      expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'succeeded', tries: 1 }),
    );
    expect((await bed.deliveryTo(subscription))?.attempts).toHaveLength(3);
    expect((await deadLetters.list({ limit: 10 })).data).toEqual([]);
    await expect(redrives.redrive(id, ADMIN)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of one subject are redriven in their order, before what has come since', async () => {
    const receiver = await bed.receiver();
    receiver.answering = answers(500);
    const subscription = bed.subscribers.add(receiver, { ordering: 'subject', maxAttempts: 1 });
    const numbers = (): number[] =>
      receiver.received.map(({ body }) => (JSON.parse(body) as { data: { number: number } }).data.number);
    const event = (number: number) => ({ subject: 'a', data: { number } });
    await bed.archive(event(1), event(2), event(3));
    await until(async () => expect(await bed.count({ status: 'dead' })).toBe(3));
    receiver.answering = answers(204);
    expect(await redrives.redriveAll({ subscription_id: subscription.id }, 3, ADMIN)).toBe(3);
    await until(async () => expect(await bed.count({ status: 'succeeded' })).toBe(3));
    expect(numbers()).toEqual([1, 2, 3, 1, 2, 3]);
    expect(await bed.connection.collection('delivery_lanes').countDocuments()).toBe(0);
  });
});
