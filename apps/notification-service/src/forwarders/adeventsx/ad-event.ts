import { BigNumber } from 'bignumber.js';
import type { ForwardingRequestedV1 } from '#contracts';

/** An event as clients send it, its value in decimal digits. */
export type AdEvent = ForwardingRequestedV1['event'];

/** The same as AdEventsX takes it. */
export interface AdEventsXEvent {
  id: string;
  user: string;
  name: string;
  /** Seconds since 1970. */
  ts: number;
  value_cents: number;
  campaign: string;
  source: 'internal_martech';
}

/** From here on a time is in milliseconds: a day in 1973, where the same number of seconds would be in the year 5138. */
const FIRST_MILLISECONDS = 100_000_000_000;

export const toAdEventsX = (event: AdEvent): AdEventsXEvent => ({
  id: event.event_id,
  user: event.user_id,
  name: event.event_name,
  ts: toEpochSeconds(event.event_time_epoch),
  value_cents: toCents(event.value),
  campaign: event.campaign_id,
  source: 'internal_martech',
});

/** Whole seconds, of a time in seconds or milliseconds; what is less than one is cut off. */
export const toEpochSeconds = (epoch: number): number =>
  Math.floor(epoch >= FIRST_MILLISECONDS ? epoch / 1_000 : epoch);

/**
 * Whole cents, of an amount in decimal digits, which no binary fraction stands in for on the way: 1.005 is 101. Halves are
 * rounded up, and away from zero below it, so that a refund takes back what was paid.
 */
export function toCents(value: string): number {
  const cents = new BigNumber(value).times(100).integerValue(BigNumber.ROUND_HALF_UP).toNumber();
  // There is no negative zero in decimal.
  return cents === 0 ? 0 : cents;
}
