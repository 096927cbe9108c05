import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { until } from '#testing';
import { Departures } from './attempts/departures.js';
import { SLOTS } from './attempts/slots.js';
import { DeliveryBed } from './testing/delivery-bed.js';
import { answers, hangs, type Received, type Receiver, resets, stalls } from '../../test/receiver.js';

describe('delivery', () => {
  let bed: DeliveryBed;

  beforeAll(async () => {
    bed = await DeliveryBed.start();
  });

  afterEach(async () => {
    await bed.clear();
  });

  afterAll(async () => {
    await bed.close();
  });

  /** The signature as the specification words it, without any library of webhooks. */
  const signatureBy = (secret: string, { headers, body }: Received): string => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  };

  const verify = (secret: string, { headers, body }: Received): unknown =>
    new Webhook(secret).verify(body, headers as Record<string, string>);

  const only = (receiver: Receiver): Received => {
    expect(receiver.received).toHaveLength(1);
    return receiver.received[0]!;
  };

  it('brings an archived event, signed, to whoever subscribes to it', async () => {
    const receiver = await bed.receiver();
    const subscription = bed.subscribers.add(receiver);
    const [envelope] = await bed.archive({ subject: 'orders/7' });
    await until(async () => expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'succeeded' }));
    const received = only(receiver);
    expect(JSON.parse(received.body)).toEqual(envelope);
    expect(received.headers['content-type']).toContain('application/cloudevents+json');
    expect(verify(receiver.secret, received)).toEqual(envelope);
    expect(received.headers['webhook-signature']).toBe(signatureBy(receiver.secret, received));
    expect(await bed.deliveryTo(subscription)).toMatchObject({
      id: received.headers['webhook-id'],
      attempts: [{ status: 204, error: null, next: null }],
      next_attempt_at: null,
      event: { id: envelope!.id, type: 'com.acme.order.placed' },
    });
  });

  it('makes each event’s deliveries once, in every instance’s presence', async () => {
    const second = await bed.addInstance();
    const receiver = await bed.receiver();
    const subscriptions = [bed.subscribers.add(receiver), bed.subscribers.add(receiver)];
    for (let round = 0; round < 10; round += 1) await bed.archive(...Array.from({ length: 6 }, () => ({})));
    await until(() => expect(receiver.ids.length).toBeGreaterThanOrEqual(120), 20_000);
    await until(async () => {
      for (const { id } of subscriptions)
        expect(await bed.count({ subscription_id: id, status: 'succeeded' })).toBe(60);
    });
    expect(new Set(receiver.ids).size).toBe(120);
    expect(receiver.ids).toHaveLength(120);
    await bed.stop(second);
  });

  it('delivers nothing of what does not match', async () => {
    const receiver = await bed.receiver();
    const subscription = bed.subscribers.add(receiver, { types: ['com.acme.order.paid'] });
    await bed.archive({}, { type: 'com.acme.order.paid' }, {});
    await until(() => expect(receiver.received).toHaveLength(1));
    expect(await bed.deliveriesTo(subscription)).toHaveLength(1);
  });

  it('tries again after five seconds, under the same id, and keeps every attempt', async () => {
    const receiver = await bed.receiver();
    receiver.answering = answers(500);
    const subscription = bed.subscribers.add(receiver);
    await bed.archive({});
    await until(async () => expect((await bed.deliveryTo(subscription))?.attempts).toHaveLength(1));
    const waiting = await bed.deliveryTo(subscription);
    expect(waiting).toMatchObject({ status: 'pending', attempts: [{ status: 500, stage: 'answer' }] });
    const wait = waiting!.next_attempt_at!.getTime() - waiting!.attempts[0]!.at.getTime();
    expect(wait).toBeGreaterThanOrEqual(4_500);
    expect(waiting!.attempts[0]!.next).toEqual(waiting!.next_attempt_at);
    receiver.answering = answers(200);
    bed.pass(5_600);
    await until(async () =>
      expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'succeeded', tries: 2 }),
    );
    expect(new Set(receiver.ids)).toEqual(new Set([waiting!.id]));
  });

  it('disables a subscription whose receiver is gone, and keeps what was on its way', async () => {
    const receiver = await bed.receiver();
    receiver.answering = answers(410);
    const subscription = bed.subscribers.add(receiver);
    await bed.archive({});
    await until(async () => expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'dead' }));
    expect(bed.subscribers.disabled).toEqual([subscription.id]);
  });

  it('holds back what a paused subscription would get, and sends it when it is resumed', async () => {
    const receiver = await bed.receiver();
    receiver.answering = answers(500);
    const subscription = bed.subscribers.add(receiver);
    await bed.archive({});
    await until(async () => expect((await bed.deliveryTo(subscription))?.attempts).toHaveLength(1));
    subscription.enabled = false;
    receiver.answering = answers(204);
    const before = (await bed.deliveryTo(subscription))!.next_attempt_at!;
    bed.pass(6_000);
    await until(async () => expect((await bed.deliveryTo(subscription))!.next_attempt_at! > before).toBe(true));
    expect(receiver.received).toHaveLength(1);
    subscription.enabled = true;
    bed.pass(6_000);
    await until(async () =>
      expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'succeeded', tries: 2 }),
    );
  });

  it('sends nothing to a subscription that has been deleted', async () => {
    const receiver = await bed.receiver();
    receiver.answering = answers(500);
    const subscription = bed.subscribers.add(receiver);
    await bed.archive({});
    await until(async () => expect((await bed.deliveryTo(subscription))?.attempts).toHaveLength(1));
    bed.subscribers.all.delete(subscription.id);
    bed.pass(6_000);
    await until(async () => expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'discarded' }));
    expect(receiver.received).toHaveLength(1);
  });

  it('goes on where an instance died in the middle of an attempt', async () => {
    const receiver = await bed.receiver();
    const subscription = bed.subscribers.add(receiver);
    const [envelope] = await bed.archive({});
    await until(async () => expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'succeeded' }));
    // As it stands in the database when nobody has come back from an attempt.
    const { id } = (await bed.deliveryTo(subscription))!;
    const lapses = new Date(bed.now().getTime() + 20_000);
    await bed.connection.collection<{ _id: string }>('deliveries').updateOne(
      { _id: id },
      {
        $set: { status: 'delivering', claim: 'somebody', claimable_at: lapses, enqueue_at: lapses, settled_at: null },
      },
    );
    bed.pass(21_000);
    await until(async () => expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'succeeded' }));
    await until(() => expect(receiver.ids).toEqual([id, id]));
    expect(JSON.parse(receiver.received[1]!.body)).toEqual(envelope);
  });

  it('hands one over to one of those who are called for it, and only once who had it is gone', async () => {
    const receiver = await bed.receiver();
    const subscription = bed.subscribers.add(receiver);
    await bed.archive({});
    await until(async () => expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'succeeded' }));
    const { id } = (await bed.deliveryTo(subscription))!;
    const lapses = new Date(bed.now().getTime() + 20_000);
    await bed.connection
      .collection<{ _id: string }>('deliveries')
      .updateOne(
        { _id: id },
        { $set: { status: 'delivering', claim: 'somebody', claimable_at: lapses, enqueue_at: lapses } },
      );
    const call = (redelivered: boolean) => {
      const called = { id, destination: subscription.id, redelivered };
      return Promise.all([called, { ...called }].map((one) => bed.app.get(Departures).call(one)));
    };
    expect(await call(false)).toEqual([undefined, undefined]);
    expect(await call(true)).toEqual([expect.objectContaining({ kind: 'go' }), undefined]);
  });

  it('goes on in another instance where the one that has done it stops', async () => {
    const receiver = await bed.receiver();
    const subscription = bed.subscribers.add(receiver);
    await bed.archive(...Array.from({ length: 10 }, () => ({})));
    await until(() => expect(receiver.received.length).toBeGreaterThan(0));
    await bed.addInstance();
    await bed.stop(bed.app);
    await bed.archive(...Array.from({ length: 10 }, () => ({})));
    await until(async () => {
      expect(await bed.count({ subscription_id: subscription.id, status: 'succeeded' })).toBe(20);
    });
    expect(receiver.ids).toHaveLength(20);
    expect(new Set(receiver.ids).size).toBe(20);
  });

  it('makes up for a message that was lost with the broker', async () => {
    const receiver = await bed.receiver();
    receiver.answering = answers(500);
    const subscription = bed.subscribers.add(receiver);
    await bed.archive({});
    await until(async () => expect((await bed.deliveryTo(subscription))?.attempts).toHaveLength(1));
    receiver.answering = answers(204);
    // It is in the queue, as far as anybody knows.
    const { id } = (await bed.deliveryTo(subscription))!;
    const [due, again] = [new Date(0), new Date(bed.now().getTime() + 60_000)];
    await bed.connection
      .collection<{ _id: string }>('deliveries')
      .updateOne({ _id: id }, { $set: { claimable_at: due, enqueue_at: again } });
    bed.pass(61_000);
    await until(async () =>
      expect(await bed.deliveryTo(subscription)).toMatchObject({ status: 'succeeded', tries: 2 }),
    );
  });
});

describe('delivery in order of subjects', () => {
  let bed: DeliveryBed;

  beforeAll(async () => {
    bed = await DeliveryBed.start();
  });

  afterEach(async () => {
    await bed.clear();
  });

  afterAll(async () => {
    await bed.close();
  });

  const sequences = (receiver: Receiver, subject: string): number[] =>
    receiver.received
      .map(({ body }) => JSON.parse(body) as { subject: string; data: { number: number } })
      .filter((envelope) => envelope.subject === subject)
      .map(({ data }) => data.number);

  it('brings each subject’s events one after the other, whatever the receiver does', async () => {
    const receiver = await bed.receiver();
    const seen = new Map<string, number>();
    // Every third request fails, and has to be made again before the next of its subject.
    receiver.answering = (response, request, received) => {
      const times = (seen.get(String(received.headers['webhook-id'])) ?? 0) + 1;
      seen.set(String(received.headers['webhook-id']), times);
      const { data } = JSON.parse(received.body) as { data: { number: number } };
      answers(data.number % 7 === 3 && times === 1 ? 503 : 204, { 'retry-after': '1' })(response, request, received);
    };
    const subscription = bed.subscribers.add(receiver, { ordering: 'subject' });
    const subjects = ['a', 'b', 'c'];
    for (let number = 0; number < 12; number += 1)
      await bed.archive(...subjects.map((subject) => ({ subject, data: { number } })));
    await until(async () => {
      bed.pass(1_200);
      expect(await bed.count({ subscription_id: subscription.id, status: 'succeeded' })).toBe(36);
    }, 20_000);
    const expected = Array.from({ length: 12 }, (_, number) => number).flatMap((number) =>
      number % 7 === 3 ? [number, number] : [number],
    );
    for (const subject of subjects) expect(sequences(receiver, subject)).toEqual(expected);
    expect(await bed.connection.collection('delivery_lanes').countDocuments()).toBe(0);
  });

  it('goes on where a transaction sees the database as it was before the claim', async () => {
    const receiver = await bed.receiver();
    const subscription = bed.subscribers.add(receiver, { ordering: 'subject' });
    // What MongoDB says then; it does so seldom, and only under load.
    const behind = jest.spyOn(bed.deliveries, 'endInLane').mockResolvedValueOnce(false);
    for (const number of [1, 2]) await bed.archive({ subject: 'behind', data: { number } });
    await until(async () => {
      expect(await bed.count({ subscription_id: subscription.id, status: 'succeeded' })).toBe(2);
    });
    expect(behind).toHaveBeenCalledTimes(3);
    expect(sequences(receiver, 'behind')).toEqual([1, 2]);
    behind.mockRestore();
  });

  it('waits behind one that fails, goes on once that is dead, and lets other subjects pass', async () => {
    const receiver = await bed.receiver();
    receiver.answering = (response, request, received) =>
      answers(received.body.includes('"stuck":true') ? 500 : 204)(response, request, received);
    const subscription = bed.subscribers.add(receiver, { ordering: 'subject', maxAttempts: 2 });
    await bed.archive(
      { subject: 'a', data: { number: 1, stuck: true } },
      { subject: 'a', data: { number: 2 } },
      { subject: 'b', data: { number: 1 } },
    );
    await until(() => expect(sequences(receiver, 'b')).toEqual([1]));
    await until(async () => expect((await bed.deliveriesTo(subscription))[0]?.attempts).toHaveLength(1));
    expect(sequences(receiver, 'a')).toEqual([1]);
    bed.pass(6_000);
    await until(() => expect(sequences(receiver, 'a')).toEqual([1, 1, 2]));
    await until(async () => {
      const deliveries = await bed.deliveriesTo(subscription);
      expect(deliveries.map(({ status }) => status).toSorted()).toEqual(['dead', 'succeeded', 'succeeded']);
    });
  });
});

describe('delivery to a destination that is down', () => {
  let bed: DeliveryBed;

  beforeAll(async () => {
    bed = await DeliveryBed.start();
  });

  afterEach(async () => {
    await bed.clear();
  });

  afterAll(async () => {
    await bed.close();
  });

  it('stops after five failures, sends one to see after 30 s, and goes on once it is back', async () => {
    const receiver = await bed.receiver();
    receiver.answering = answers(500);
    const subscription = bed.subscribers.add(receiver);
    for (let failure = 1; failure <= 5; failure += 1) {
      await bed.archive({});
      await until(() => expect(receiver.received).toHaveLength(failure));
      await until(async () => expect(await bed.failures(subscription)).toBe(failure));
    }
    await bed.archive({}, {}, {});
    const settledOrHeldBack = async (): Promise<void> => {
      const deliveries = await bed.deliveriesTo(subscription);
      expect(deliveries).toHaveLength(8);
      for (const { attempts, next_attempt_at } of deliveries)
        if (attempts.length === 0) expect(next_attempt_at!.getTime() - bed.now().getTime()).toBeGreaterThan(10_000);
    };
    await until(settledOrHeldBack);
    expect(receiver.received).toHaveLength(5);
    bed.pass(31_000);
    await until(() => expect(receiver.received).toHaveLength(6));
    await until(async () => expect(await bed.failures(subscription)).toBe(6));
    receiver.answering = answers(204);
    bed.pass(61_000);
    // One finds out, and all that have waited go at once; but for the one that failed twice, whose turn is later.
    await until(async () => expect(await bed.count({ subscription_id: subscription.id, status: 'succeeded' })).toBe(7));
    expect(await bed.failures(subscription)).toBe(0);
    bed.pass(331_000);
    await until(async () => expect(await bed.count({ subscription_id: subscription.id, status: 'succeeded' })).toBe(8));
  });

  it('leaves a healthy one beside it alone', async () => {
    const [healthy, ...dead] = await Promise.all(Array.from({ length: 5 }, () => bed.receiver()));
    for (const [index, receiver] of dead.entries()) {
      receiver.answering = [hangs, resets, answers(500), stalls][index]!;
      bed.subscribers.add(receiver);
    }
    const subscription = bed.subscribers.add(healthy!);
    for (let round = 0; round < 10; round += 1) await bed.archive(...Array.from({ length: 5 }, () => ({})));
    await until(async () => {
      expect(await bed.count({ subscription_id: subscription.id, status: 'succeeded' })).toBe(50);
    }, 20_000);
    expect(new Set(healthy!.ids).size).toBe(50);
    // Most of what is for the one that hangs has not even been begun.
    expect(dead[0]!.received.length).toBeLessThanOrEqual(SLOTS);
  });
});
