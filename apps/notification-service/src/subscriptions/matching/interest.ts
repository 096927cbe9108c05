import type { Envelope } from '#contracts';
import { type Filter, passes } from './filter.js';
import { isTestEvent } from './test-event.js';

/** Whose events somebody may see: everybody's, or those that anyone could read about at `GET /v1/events`. */
export const AUDIENCES = ['public', 'everything'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What the type of every public event begins with. */
export const PUBLIC_TYPES = 'usher.event.';

/** Which events a subscription is about. */
export interface Interest {
  audience: Audience;
  /** Null for any type. */
  types: readonly string[] | null;
  source: string | null;
  /** All of them have to pass. */
  filters: readonly Filter[];
}

export const maySee = (audience: Audience, type: string): boolean =>
  audience === 'everything' || type.startsWith(PUBLIC_TYPES);

/** Whether the event goes to whoever has that interest; one that is a test goes to whom it tests. */
export const wants = ({ audience, types, source, filters }: Interest, envelope: Envelope): boolean =>
  maySee(audience, envelope.type) &&
  !isTestEvent(envelope) &&
  (types === null || types.includes(envelope.type)) &&
  (source === null || source === envelope.source) &&
  filters.every((filter) => passes(envelope, filter));
