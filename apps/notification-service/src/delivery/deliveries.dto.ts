import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { CHANNELS, STAGES } from './channels/channel.js';
import { type Delivery, DELIVERY_STATUSES } from './delivery.js';
import { RECIPIENT_KINDS } from './recipient.js';

const attemptSchema = z.object({
  at: timestampSchema,
  duration_ms: z.int(),
  status: z.int().nullable().describe('What the receiver answered, where it did'),
  stage: z.enum(STAGES).nullable().describe('Where it failed; null where it arrived'),
  error: z.string().nullable(),
  next: timestampSchema
    .nullable()
    .describe('When the next attempt was due after this one; null where there was to be none'),
});

export const deliverySchema = z.object({
  id: idSchema.describe('The `webhook-id`, the same on every attempt'),
  subscription_id: idSchema,
  recipient: z
    .object({ kind: z.enum(RECIPIENT_KINDS), id: idSchema })
    .nullable()
    .describe('The person whom it is for; null where the subscription is what receives'),
  channel: z.enum(CHANNELS),
  event: z.object({
    position: z.int().describe('Archive position'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    subject: z.string().nullable(),
  }),
  replay_id: idSchema.nullable().describe('Of the replay that it is part of; null where it went as it happened'),
  status: z
    .enum(DELIVERY_STATUSES)
    .describe('`dead` is a dead letter; `discarded` was given up by somebody, or its subscription is gone'),
  attempts: z.array(attemptSchema),
  template: z
    .string()
    .nullable()
    .describe('The version of the template that its text was made from, as `type/channel/locale/version`'),
  next_attempt_at: timestampSchema
    .nullable()
    .describe('Null for what is settled, and for what waits until an earlier one of its subject or replay is'),
  created_at: timestampSchema,
  settled_at: timestampSchema.nullable(),
});

export const deliveriesQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(DELIVERY_STATUSES).optional().describe('Only those of this status'),
});

export const presentDelivery = (delivery: Delivery): z.infer<typeof deliverySchema> => ({
  id: delivery.id,
  subscription_id: delivery.subscription_id,
  recipient: delivery.recipient ?? null,
  channel: delivery.channel,
  event: delivery.event,
  replay_id: delivery.replay_id,
  status: delivery.status,
  attempts: delivery.attempts.map(({ at, next, ...attempt }) => ({
    ...attempt,
    at: at.toISOString(),
    next: next?.toISOString() ?? null,
  })),
  template: delivery.template ?? null,
  next_attempt_at: delivery.next_attempt_at?.toISOString() ?? null,
  created_at: delivery.created_at.toISOString(),
  settled_at: delivery.settled_at?.toISOString() ?? null,
});
