import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId, systemClock } from '#kernel';
import { until } from '#testing';
import { type Answering, answers, floods, hangs, Receiver, resets } from '../../../test/receiver.js';
import type { Shipment } from '../../delivery/channels/channel.js';
import { type Behaviour, channelSuite } from '../../delivery/channels/testing/channel-suite.js';
import type { Delivery } from '../../delivery/delivery.js';
import { DeliveryBed } from '../../delivery/testing/delivery-bed.js';
import { AdEventsXDeliveryModule } from './adeventsx-delivery.module.js';
import type { AdEvent } from './ad-event.js';
import { AdEventsXChannel } from './adeventsx.channel.js';
import { RECEIVER_ID, requestOf, statusOf } from './forwarding.js';

const BEHAVIOURS = {
  accept: answers(202),
  fail: answers(500),
  'ask-to-wait': answers(429, { 'retry-after': '7' }),
  'break-off': resets,
  hang: hangs,
  gone: answers(410),
} satisfies Record<Behaviour, Answering>;

const adEvent = (members: Partial<AdEvent> = {}): AdEvent => ({
  event_id: newId(),
  user_id: 'user-7',
  event_name: 'purchase',
  event_time_epoch: 1_795_161_600_123,
  value: '1.005',
  campaign_id: 'autumn-2026',
  ...members,
});

const idsOf = (receiver: Receiver): string[] =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { id: string }).id);

channelSuite('adeventsx', async () => {
  const channel = new AdEventsXChannel(systemClock);
  const receiver = await Receiver.start();
  return {
    channel,
    target: { sink: receiver.url, secrets: [] },
    envelope: () => requestOf(adEvent(), new Date()),
    idOf: ({ envelope }) => envelope.id,
    whenGone: 'permanent',
    deserted: 'http://127.0.0.1:1/',
    behave: (behaviour) => (receiver.answering = BEHAVIOURS[behaviour]),
    received: () => idsOf(receiver),
    close: async () => {
      await channel.onApplicationShutdown();
      await receiver.close();
    },
  };
});

describe('the AdEventsX channel', () => {
  const channel = new AdEventsXChannel(systemClock);
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await Receiver.start();
  });

  afterAll(async () => {
    await channel.onApplicationShutdown();
    await receiver.close();
  });

  const deliver = (overrides: Partial<Shipment> = {}) => {
    const envelope = requestOf(adEvent(), new Date());
    const sent = { id: newId(), envelope, sink: receiver.url, secrets: [], replayId: null, ...overrides };
    return channel.deliver(sent, AbortSignal.timeout(5_000));
  };

  it.each([429, 500, 502, 503, 504, 599])('may try again after %i, when it is asked to', async (status) => {
    receiver.answering = answers(status, { 'retry-after': '9' });
    expect(await deliver()).toMatchObject({ kind: 'retryable', status, retryAfter: 9 });
  });

  it.each([301, 307, 400, 401, 404, 408, 409, 410, 422])('gives up after %i', async (status) => {
    const canary = await Receiver.start();
    receiver.answering = answers(status, { location: canary.url, 'retry-after': '9' });
    expect(await deliver()).toMatchObject({ kind: 'permanent', stage: 'answer', status });
    expect(canary.received).toHaveLength(0);
    await canary.close();
  });

  it('takes an answer without an end by its status', async () => {
    receiver.answering = floods;
    expect(await deliver()).toEqual({ kind: 'delivered', status: 200 });
  });

  it('gives up what it cannot read', async () => {
    const envelope = {
      ...requestOf(adEvent(), new Date()),
      data: { forwarder: 'adeventsx', event: { value: 'much' } },
    };
    expect(await deliver({ envelope })).toMatchObject({ kind: 'permanent', stage: 'prepare' });
  });
});

describe('forwarding to AdEventsX', () => {
  let bed: DeliveryBed;
  let receiver: Receiver;

  beforeAll(async () => {
    bed = await DeliveryBed.start(AdEventsXDeliveryModule);
    await bed.addInstance();
    receiver = await bed.receiver();
    bed.config.ADEVENTSX_URL = receiver.url;
  });

  afterEach(async () => {
    receiver.received.length = 0;
    bed.config.ADEVENTSX_URL = receiver.url;
    await bed.clear();
  });

  afterAll(async () => {
    await bed.close();
  });

  const forward = async (...events: AdEvent[]): Promise<void> => {
    await bed.archive(...events.map((event) => requestOf(event, bed.now())));
  };
  const deliveries = (): Promise<Delivery[]> => bed.deliveriesTo({ id: RECEIVER_ID });
  const delivery = async (): Promise<Delivery> => {
    const [only, ...others] = await deliveries();
    expect(others).toEqual([]);
    return only!;
  };
  /** What was planned after each attempt, in seconds. */
  const waits = ({ attempts }: Delivery): (number | null)[] =>
    attempts.map(({ at, duration_ms, next }) =>
      next === null ? null : (next.getTime() - at.getTime() - duration_ms) / 1_000,
    );

  it('sends its own form, once', async () => {
    receiver.answering = answers(200);
    const event = adEvent();
    await forward(event);
    await until(async () => expect(statusOf(await delivery())).toBe('delivered'));
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(receiver.received[0]!.body)).toEqual({
      id: event.event_id,
      user: 'user-7',
      name: 'purchase',
      ts: 1_795_161_600,
      value_cents: 101,
      campaign: 'autumn-2026',
      source: 'internal_martech',
    });
  });

  it('tries again after 1, 2 and 4 s, whatever else fails beside it, and then gives up', async () => {
    receiver.answering = answers(503);
    const events = Array.from({ length: 4 }, () => adEvent());
    await forward(...events);
    await until(async () => {
      bed.pass(1_000);
      expect((await deliveries()).map(statusOf)).toEqual(events.map(() => 'dead_letter'));
    }, 20_000);
    for (const dead of await deliveries()) {
      expect(waits(dead)).toEqual([1, 2, 4, null]);
      for (const [index, { at }] of dead.attempts.slice(1).entries())
        expect(at.getTime()).toBeGreaterThanOrEqual(dead.attempts[index]!.next!.getTime());
    }
    for (const { event_id } of events) expect(idsOf(receiver).filter((id) => id === event_id)).toHaveLength(4);
  });

  it('tries again by itself', async () => {
    receiver.answering = (response, request, received) =>
      answers(receiver.received.length === 1 ? 500 : 200)(response, request, received);
    await forward(adEvent());
    await until(async () => expect(await delivery()).toMatchObject({ status: 'succeeded', tries: 2 }));
    expect((await delivery()).attempts.map(({ status }) => status)).toEqual([500, 200]);
  });

  it('waits for as long as it is asked to instead', async () => {
    receiver.answering = answers(429, { 'retry-after': '30' });
    await forward(adEvent());
    await until(async () => expect((await delivery()).attempts).toHaveLength(1));
    expect(waits(await delivery())).toEqual([30]);
  });

  it('gives up at once what is refused, and is not disabled by 410', async () => {
    receiver.answering = answers(410);
    await forward(adEvent());
    await until(async () => expect(statusOf(await delivery())).toBe('dead_letter'));
    expect(waits(await delivery())).toEqual([null]);
    receiver.answering = answers(200);
    await forward(adEvent());
    await until(async () => expect((await deliveries()).map(statusOf)).toEqual(['dead_letter', 'delivered']));
  });

  it('keeps what was accepted while nobody says where AdEventsX is', async () => {
    receiver.answering = answers(200);
    delete bed.config.ADEVENTSX_URL;
    await forward(adEvent());
    await until(async () => expect((await delivery()).next_attempt_at!.getTime()).toBeGreaterThan(bed.now().getTime()));
    expect(receiver.received).toHaveLength(0);
    bed.config.ADEVENTSX_URL = receiver.url;
    bed.pass(6_000);
    await until(async () => expect(statusOf(await delivery())).toBe('delivered'));
  });
});
