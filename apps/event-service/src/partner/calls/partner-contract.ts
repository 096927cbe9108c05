import { z } from 'zod';
import { filledText } from '#http';

/** An id of the partner's. It becomes part of a path, where dots alone would lead elsewhere. */
export const partnerId = filledText(100).refine((id) => id !== '.' && id !== '..', 'must not be dots alone');

/** The partner counts some of its things and names others. */
const sentId = z.union([z.string(), z.int().transform(String)]).pipe(partnerId);

/** What the partner says of a user; an address is left with the partner, for it is nobody's business here. */
export const partnerUser = z
  .object({
    id: sentId,
    userName: z.string().nullish(),
    name: z.string().nullish(),
    events: z.array(sentId).nullish(),
  })
  .transform(({ id, userName, name, events }) => ({ id, name: userName ?? name ?? null, event_ids: events ?? [] }));
export type PartnerUser = z.infer<typeof partnerUser>;

export const partnerEvent = z
  .object({
    id: sentId,
    name: z.string().nullish(),
    userId: sentId.nullish(),
    details: z.string().nullish(),
  })
  .transform(({ id, name, userId, details }) => ({
    id,
    name: name ?? null,
    user_id: userId ?? null,
    details: details ?? null,
  }));
export type PartnerEvent = z.infer<typeof partnerEvent>;

export interface NewPartnerEvent {
  /** Ours to give, and the same for every attempt. */
  id: string;
  name: string;
  user_id: string;
  details?: string | undefined;
}

/** What the partner is sent to add an event. */
export const toPartner = ({ id, name, user_id, details }: NewPartnerEvent): object => ({
  id,
  name,
  userId: user_id,
  ...(details === undefined ? {} : { details }),
});

/** What it answers to that; anything else that it says there is its own business. */
export const partnerReceipt = z.object({ success: z.literal(true).optional() });

/** Why it refused, where it says so. */
export const partnerRefusal = z
  .object({ message: z.string().optional(), error: z.string().optional() })
  .transform(({ message, error }) => message ?? error);
