import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { CHANNELS } from '../delivery/channels/channel.js';
import { deliverySchema, presentDelivery } from '../delivery/deliveries.dto.js';
import type { Delivery } from '../delivery/delivery.js';
import { DEAD_LETTER_KINDS, type DeadLetter } from './dead-letter.js';
import type { DeadMessage } from './messages/dead-message.js';
import { deadMessageSchema, listedMessageSchema, presentListed, presentMessage } from './messages/dead-messages.dto.js';

/** The most that are redriven in one request. */
export const REDRIVEN_AT_ONCE = 10_000;

const { id, subscription_id, recipient, channel, event, replay_id, attempts, template } = deliverySchema.shape;

const deadDeliverySchema = z.object({
  id: id.describe('The same as the delivery’s'),
  kind: z.literal('delivery').describe('An event that could not be delivered to a subscription'),
  subscription_id,
  recipient,
  channel,
  event,
  replay_id,
  reason: z.string().describe('What went wrong at the last attempt'),
  attempts,
  template,
  created_at: timestampSchema,
  dead_since: timestampSchema,
});

export const deadLetterSchema = z.discriminatedUnion('kind', [deadDeliverySchema, deadMessageSchema]);

/** Messages are listed without their contents. */
export const listedDeadLetterSchema = z.discriminatedUnion('kind', [deadDeliverySchema, listedMessageSchema]);

const filter = {
  kind: z.enum(DEAD_LETTER_KINDS).optional(),
  subscription_id: idSchema.optional().describe('Only deliveries to it'),
  channel: z.enum(CHANNELS).optional().describe('Only deliveries through it'),
  queue: z.string().min(1).max(255).optional().describe('Only messages that could not be processed in it'),
  type: z.string().min(1).max(255).optional().describe('The event’s'),
};

export const deadLettersQuery = z.strictObject({ ...pageQuery, ...filter });

export const redriveBody = z
  .strictObject({
    filter: z.strictObject(filter).describe('All dead letters where it is empty'),
    expected_count: z
      .int()
      .min(0)
      .max(REDRIVEN_AT_ONCE)
      .describe('How many there are to be; where there are more or fewer, none is redriven'),
  })
  .meta({ examples: [{ filter: { kind: 'parked', queue: 'notification-service.intake.v1' }, expected_count: 3 }] });

export const redrivenSchema = z.object({ redriven: z.int() });

export const presentListedDeadLetter = (letter: DeadLetter): z.infer<typeof listedDeadLetterSchema> =>
  'delivery' in letter ? presentDeadDelivery(letter.delivery) : presentListed(letter.message);

export const presentDeadLetter = (letter: DeadLetter<DeadMessage>): z.infer<typeof deadLetterSchema> =>
  'delivery' in letter ? presentDeadDelivery(letter.delivery) : presentMessage(letter.message);

function presentDeadDelivery(delivery: Delivery): z.infer<typeof deadDeliverySchema> {
  const { settled_at, attempts, ...shown } = presentDelivery(delivery);
  return {
    ...shown,
    kind: 'delivery',
    reason: attempts.at(-1)?.error ?? 'unknown',
    attempts,
    dead_since: settled_at ?? shown.created_at,
  };
}
