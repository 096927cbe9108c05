import type { Envelope, EventResource } from '#contracts';
import { readHappening } from '../intake/happening.js';
import type { TemplateData } from '../templates/data/template-data.js';
import { missingFrom } from '../templates/requirements.js';

/** What came of looking for something that a message cannot do without. */
export type Enriched<T> =
  | { kind: 'complete'; data: T }
  /** It is not there, or not any more: asking again will not help. */
  | { kind: 'missing'; what: readonly string[] }
  /** Nobody could be asked; after `retryAfter` seconds somebody may, where that is known. */
  | { kind: 'unavailable'; retryAfter?: number };

/** What a message is to be made from so far. */
export interface Facts {
  data: TemplateData;
  /** The archived event that it tells of. */
  envelope: Envelope;
}

/** What to do about what a template needs: nothing more, or to ask for the event of that id. */
export type Plan =
  Extract<Enriched<TemplateData>, { kind: 'complete' | 'missing' }> | { kind: 'fetch'; eventId: string };

/**
 * Looks for `needs`, which are paths as templates declare them, in what the archived event itself says: it is how things
 * stood when they happened, and costs nothing. Only the rest of an event can be asked for.
 */
export function plan(needs: readonly string[], facts: Facts): Plan {
  const data = fillIn(facts.data, needs, carriedBy(facts.envelope));
  const missing = missingFrom(needs, data);
  if (missing.length === 0) return { kind: 'complete', data };
  const unknowable = missing.filter((path) => !path.startsWith('event.'));
  if (unknowable.length > 0) return { kind: 'missing', what: unknowable };
  return { kind: 'fetch', eventId: data.event.id };
}

/**
 * The data with what had to be fetched; undefined stands for an event that is gone. All that is said of the event is then
 * as it was fetched: a start from one moment with an end from another may be a time that never was.
 */
export function conclude(
  needs: readonly string[],
  { data, envelope }: Facts,
  event: EventResource | undefined,
): Extract<Enriched<TemplateData>, { kind: 'complete' | 'missing' }> {
  const whole = fillIn(data, needs, { ...carriedBy(envelope), ...(event === undefined ? {} : { event }) });
  const missing = missingFrom(needs, whole);
  return missing.length === 0 ? { kind: 'complete', data: whole } : { kind: 'missing', what: missing };
}

const SECTIONS = ['event', 'booking'] as const;
type Known = { readonly [Section in (typeof SECTIONS)[number]]?: object | undefined };

/** What one of Usher's own events says beyond what a notification of it does. */
function carriedBy(envelope: Envelope): Known {
  const data = readHappening(envelope)?.data;
  if (data === undefined || !('event' in data)) return {};
  if (!('booking' in data)) return { event: data.event };
  return { event: { ...data.event, seats_left: data.seats_left }, booking: data.booking };
}

/** What is known already stays as it is. */
function fillIn(data: TemplateData, needs: readonly string[], known: Known): TemplateData {
  const missing = missingFrom(needs, data);
  const sections = SECTIONS.flatMap((section) => {
    const [present, found] = [data[section], known[section]];
    if (present === undefined || found === undefined) return [];
    const wanted = Object.entries(found).filter(([name]) => missing.includes(`${section}.${name}`));
    return [[section, { ...present, ...Object.fromEntries(wanted) }] as const];
  });
  return { ...data, ...Object.fromEntries(sections) };
}
