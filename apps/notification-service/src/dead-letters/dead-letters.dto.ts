import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { CHANNELS } from '../delivery/channels/channel.js';
import { deliverySchema, presentDelivery } from '../delivery/deliveries.dto.js';
import type { Delivery } from '../delivery/delivery.js';

/** The most that are redriven in one request. */
export const REDRIVEN_AT_ONCE = 10_000;

const { id, subscription_id, channel, event, replay_id, attempts } = deliverySchema.shape;

export const deadLetterSchema = z.object({
  id: id.describe('The same as the delivery’s'),
  kind: z.literal('delivery'),
  subscription_id,
  channel,
  event,
  replay_id,
  reason: z.string().describe('What went wrong at the last attempt'),
  attempts,
  created_at: timestampSchema,
  dead_since: timestampSchema,
});

const filter = {
  subscription_id: idSchema.optional(),
  channel: z.enum(CHANNELS).optional(),
  type: z.string().min(1).max(255).optional().describe('The event’s'),
};

export const deadLettersQuery = z.strictObject({ ...pageQuery, ...filter });

export const redriveBody = z.strictObject({
  filter: z.strictObject(filter).describe('All dead letters where it is empty'),
  expected_count: z
    .int()
    .min(0)
    .max(REDRIVEN_AT_ONCE)
    .describe('How many there are to be; where there are more or fewer, none is redriven'),
});

export const redrivenSchema = z.object({ redriven: z.int() });

export function presentDeadLetter(delivery: Delivery): z.infer<typeof deadLetterSchema> {
  const { settled_at, attempts, ...shown } = presentDelivery(delivery);
  return {
    ...shown,
    kind: 'delivery',
    reason: attempts.at(-1)?.error ?? 'unknown',
    attempts,
    dead_since: settled_at ?? shown.created_at,
  };
}
