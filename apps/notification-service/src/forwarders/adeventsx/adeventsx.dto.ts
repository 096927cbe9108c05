import { BigNumber } from 'bignumber.js';
import { z } from 'zod';
import { idSchema } from '#contracts';
import { filledText } from '#http';
import { deliverySchema, presentDelivery } from '../../delivery/deliveries.dto.js';
import { toAdEventsX, toCents } from './ad-event.js';
import type { Forwarding } from './adeventsx.service.js';
import { FORWARDING_STATUSES } from './forwarding.js';

/** As much of a path as Fastify takes for one parameter, in letters that need no second thought there. */
export const eventIdSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/, 'must be 1 to 100 visible ASCII characters')
  .describe('What makes the event the one that it is: the same id again is not sent again');

/** The last millisecond of the year 9999; microseconds of today are far above it. */
const LATEST_EPOCH = 253_402_300_799_999;

const value = z
  .union(
    [z.number(), z.string().regex(/^-?\d{1,40}(?:\.\d{1,40})?$/)],
    'must be a number, or the digits of one as text: "19.99"',
  )
  // The shortest digits that mean this number are those that the client wrote, up to 15 of them.
  .transform((given) => new BigNumber(String(given)).toFixed())
  .refine((digits) => Number.isSafeInteger(toCents(digits)), 'must be an amount whose cents are below 2^53')
  .describe('In whole units, such as 19.99; as text where it has more than 15 digits. Rounded to cents, halves up');

export const newEventBody = z
  .strictObject({
    event_id: eventIdSchema,
    user_id: filledText(255),
    event_name: filledText(255),
    event_time_epoch: z
      .number()
      .min(0)
      .max(LATEST_EPOCH, 'must be seconds or milliseconds since 1970')
      .describe('Since 1970, in seconds or, from 100,000,000,000 on, in milliseconds'),
    value,
    campaign_id: filledText(255),
  })
  .meta({
    id: 'NewAdEvent',
    examples: [
      {
        event_id: 'evt-1001',
        user_id: 'user-7',
        event_name: 'purchase',
        event_time_epoch: 1_795_161_600_123,
        value: 19.995,
        campaign_id: 'autumn-2026',
      },
    ],
  });

const status = z
  .enum(FORWARDING_STATUSES)
  .describe('`dead_letter` is at `/v1/dead-letters/{delivery_id}`, and can be redriven there');

export const acceptedSchema = z.object({ event_id: eventIdSchema, status }).meta({
  id: 'AcceptedAdEvent',
  examples: [{ event_id: 'evt-1001', status: 'queued' }],
});

export const forwardingSchema = z
  .object({
    event_id: eventIdSchema,
    status,
    payload: z
      .object({
        id: z.string(),
        user: z.string(),
        name: z.string(),
        ts: z.int().describe('Seconds since 1970'),
        value_cents: z.int(),
        campaign: z.string(),
        source: z.literal('internal_martech'),
      })
      .describe('What AdEventsX is sent, or has been'),
    delivery_id: idSchema.nullable().describe('Null for a moment, while the event is on its way to the dispatcher'),
    attempts: deliverySchema.shape.attempts,
    next_attempt_at: deliverySchema.shape.next_attempt_at,
  })
  .meta({
    id: 'ForwardedAdEvent',
    examples: [
      {
        event_id: 'evt-1001',
        status: 'retrying',
        payload: {
          id: 'evt-1001',
          user: 'user-7',
          name: 'purchase',
          ts: 1_795_161_600,
          value_cents: 2_000,
          campaign: 'autumn-2026',
          source: 'internal_martech',
        },
        delivery_id: '66ef1a2b3c4d5e6f70819701',
        attempts: [
          {
            at: '2026-11-20T10:00:00.130Z',
            duration_ms: 42,
            status: 503,
            stage: 'answer',
            error: 'The receiver answered 503.',
            next: '2026-11-20T10:00:01.172Z',
          },
        ],
        next_attempt_at: '2026-11-20T10:00:01.172Z',
      },
    ],
  });

export function presentForwarding({ event, status, delivery }: Forwarding): z.infer<typeof forwardingSchema> {
  const shown = delivery === undefined ? undefined : presentDelivery(delivery);
  return {
    event_id: event.event_id,
    status,
    payload: toAdEventsX(event),
    delivery_id: shown?.id ?? null,
    attempts: shown?.attempts ?? [],
    next_attempt_at: shown?.next_attempt_at ?? null,
  };
}
