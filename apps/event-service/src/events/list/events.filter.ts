import type { ListEventsQuery } from './events.query.js';

const EARTH_RADIUS_KM = 6_378.1;

type Filter = Record<string, unknown>;

/** What is asked for, as one MongoDB filter per query member; combine them with `$and`. */
export function toFilters(query: ListEventsQuery, now: Date): Filter[] {
  const { status, tag, country, q, starts_after, starts_before, created_by, within, available } = query;
  const filters = [
    status && { status },
    tag && { tags: { $all: tag } },
    country && { country },
    q && { $text: { $search: toSearch(q) } },
    starts_after && { start_time: { $gte: starts_after } },
    starts_before && { start_time: { $lt: starts_before } },
    created_by && { 'created_by.id': created_by },
    within && { coordinates: { $geoWithin: { $centerSphere: [within.center, within.radius_km / EARTH_RADIUS_KM] } } },
    available && { available: true, start_time: { $gt: now } },
  ];
  return filters.filter((filter): filter is Exclude<typeof filter, '' | undefined> => typeof filter === 'object');
}

const TERM = /-?"[^"]*"|[^\s"]+/g;

/**
 * MongoDB searches for any of several words, which makes a longer query find more. Quoted, each is required; one alone
 * stays bare, so that it is found in its inflected forms.
 */
export function toSearch(q: string): string {
  const terms = (q.match(TERM) ?? []).filter((term) => /[\p{L}\p{N}]/u.test(term));
  const wanted = terms.filter((term) => !term.startsWith('-'));
  if (wanted.length < 2) return terms.join(' ');
  return terms.map((term) => (/^-|^"/.test(term) ? term : `"${term}"`)).join(' ');
}
