import { z } from 'zod';
import { TOLD } from '../consumer/parking.js';
import type { RawMessage } from '../consumer/reading.js';

/** What became of a message before it came to `usher.parked.v1` or `usher.unrouted.v1`. */
export interface Trouble {
  /** Where it could not be processed; null where nobody said, or no queue ever had it. */
  queue: string | null;
  exchange: string;
  routingKey: string;
  /** A word to group by. */
  reason: string;
  /** A sentence for people, which may quote the message. */
  detail: string | null;
}

/** What a consumer says of a message that it parks. */
const told = z.object({
  [TOLD.queue]: z.string(),
  [TOLD.exchange]: z.string(),
  [TOLD.routingKey]: z.string(),
  [TOLD.reason]: z.string(),
  [TOLD.detail]: z.string(),
});

/** What the broker says of a message that it gives up on, the latest first. */
const deaths = z
  .tuple([
    z.object({
      queue: z.string(),
      exchange: z.string(),
      'routing-keys': z.tuple([z.string()]).rest(z.string()),
      reason: z.string(),
    }),
  ])
  .rest(z.unknown());

/** Of one that no queue wanted. */
export const troubleOfUnrouted = ({ exchange, routingKey }: RawMessage): Trouble => ({
  queue: null,
  exchange,
  routingKey,
  reason: 'unrouted',
  detail: 'No queue wanted it.',
});

/** Of a parked one, as its headers tell. What somebody else put there may be anything; then nothing is known. */
export function troubleOfParked({ headers, exchange, routingKey }: RawMessage): Trouble {
  const died = deaths.safeParse(headers['x-death']).data;
  if (died !== undefined) {
    const [{ queue, exchange: from, 'routing-keys': keys, reason }] = died;
    const detail = 'The broker gave up on it, for having been delivered too often.';
    return { queue, exchange: from, routingKey: keys[0], reason, detail: reason === 'delivery_limit' ? detail : null };
  }
  const parked = told.safeParse(headers).data;
  if (parked === undefined) return { queue: null, exchange, routingKey, reason: 'unknown', detail: null };
  return {
    queue: parked[TOLD.queue],
    exchange: parked[TOLD.exchange],
    routingKey: parked[TOLD.routingKey],
    reason: parked[TOLD.reason],
    detail: parked[TOLD.detail],
  };
}
