import { countryOfLocation } from './country-of-location.js';
import { DETAIL_NAMES, type DetailName, type EventDetails } from './event.js';

/** What the members that people may leave out are without them. */
export const DEFAULTS = {
  country: null,
  timezone: 'UTC',
  tags: [],
  max_attendees: null,
  attachment_url: null,
  coordinates: null,
} satisfies Partial<EventDetails>;

type Removable<Name> = Name extends keyof typeof DEFAULTS ? null : never;

/** A JSON Merge Patch (RFC 7396) over details: what is absent stays, what is null is removed. */
export type DetailsPatch = {
  readonly [Name in DetailName]?: EventDetails[Name] | Removable<Name> | undefined;
};

/** A full description of an event, the status left out or not. */
export type DescribedEvent = Omit<EventDetails, 'status'> & { readonly status?: EventDetails['status'] | undefined };

/** The details of a new event as somebody described it. */
export const newDetails = (given: DescribedEvent): EventDetails =>
  withCountry({ ...given, status: given.status ?? 'scheduled' });

/** Everything as given; only the status stays where none is given, for it is moved and never reset. */
export const replacedDetails = (present: EventDetails, given: DescribedEvent): EventDetails =>
  withCountry({ ...given, status: given.status ?? present.status });

export function patchedDetails(present: EventDetails, patch: DetailsPatch): EventDetails {
  const kept = countryFollowed(present, patch) ? { ...present, country: null } : present;
  const defaults: Partial<EventDetails> = DEFAULTS;
  const merged = DETAIL_NAMES.map((name) => {
    const given = patch[name];
    return [name, given === undefined ? kept[name] : (given ?? defaults[name])] as const;
  });
  return withCountry(Object.fromEntries(merged) as unknown as EventDetails);
}

/** A country that came from the location leaves with it. */
const countryFollowed = (present: EventDetails, { location }: DetailsPatch): boolean =>
  location !== undefined && present.country === countryOfLocation(present.location);

const withCountry = (details: EventDetails): EventDetails =>
  details.country === null ? { ...details, country: countryOfLocation(details.location) } : details;
