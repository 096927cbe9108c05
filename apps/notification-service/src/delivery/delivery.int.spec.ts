import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { until } from '#testing';
import { DeliveryBed } from './testing/delivery-bed.js';
import type { Received, Receiver } from './testing/receiver.js';

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
});
