import { z } from 'zod';

/** An amount in decimal digits, with the sign of a refund perhaps: text, since a binary number would not be the same. */
const decimal = z.string().regex(/^-?\d+(?:\.\d+)?$/);

/** `data` of `usher.forwarding.requested`, version 1: somebody's event for a system outside, as they sent it. */
export const forwardingRequestedV1 = z.object({
  forwarder: z.literal('adeventsx'),
  event: z.object({
    event_id: z.string(),
    user_id: z.string(),
    event_name: z.string(),
    event_time_epoch: z.number().min(0).describe('Seconds, or milliseconds: from 100,000,000,000 on'),
    value: decimal,
    campaign_id: z.string(),
  }),
});
export type ForwardingRequestedV1 = z.infer<typeof forwardingRequestedV1>;
