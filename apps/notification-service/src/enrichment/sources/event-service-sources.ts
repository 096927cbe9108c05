import { Inject, Injectable } from '@nestjs/common';
import { type Contacts, CONTACTS_PER_LOOKUP, contactsSchema, type EventResource, eventSchema } from '#contracts';
import type { Clock } from '#kernel';
import { Metrics } from '#observability';
import { CLOCK } from '../../config.js';
import { EventServiceAway } from '../event-service/event-service-away.js';
import { EventServiceHttp } from '../event-service/event-service-http.js';
import { CachedSource } from './cached-source.js';
import type { Source } from './source.js';

/** How old an answer may be. */
const MAX_AGE_MS = 60_000;
const PEOPLE = { maxBatch: CONTACTS_PER_LOOKUP, maxAgeMs: MAX_AGE_MS, maxCached: 10_000 };
/** Asked for one by one, so many side by side. */
const EVENTS = { maxBatch: 10, maxAgeMs: MAX_AGE_MS, maxCached: 1_000 };

/** What event-service knows. */
@Injectable()
export class EventServiceSources {
  readonly users: Source<string, Contacts['users'][number]>;
  readonly attendees: Source<string, Contacts['attendees'][number]>;
  readonly events: Source<string, EventResource>;

  constructor(
    private readonly http: EventServiceHttp,
    @Inject(CLOCK) clock: Clock,
    metrics: Metrics,
  ) {
    const users = async (ids: readonly string[]) => inOrder(ids, (await this.lookUp({ user_ids: ids })).users);
    const attendees = async (ids: readonly string[]) =>
      inOrder(ids, (await this.lookUp({ attendee_ids: ids })).attendees);
    const events = (ids: readonly string[]) => Promise.allSettled(ids.map((id) => this.getEvent(id)));
    this.users = new CachedSource({ ...PEOPLE, name: 'users', fetchMany: users }, clock, metrics);
    this.attendees = new CachedSource({ ...PEOPLE, name: 'attendees', fetchMany: attendees }, clock, metrics);
    this.events = new CachedSource({ ...EVENTS, name: 'events', fetchMany: events }, clock, metrics);
  }

  private async lookUp(body: { user_ids?: readonly string[]; attendee_ids?: readonly string[] }): Promise<Contacts> {
    const call = { operation: 'contacts', path: '/v1/contacts/lookup', body, answers: contactsSchema };
    const contacts = await this.http.call(call);
    // Not that nobody is there: this is an event-service from before there was such a route.
    if (contacts === undefined) throw new EventServiceAway('refused');
    return contacts;
  }

  private getEvent(id: string): Promise<EventResource | undefined> {
    return this.http.call({ operation: 'event', path: `/v1/events/${id}`, answers: eventSchema });
  }
}

/** What was found, as one outcome for each of `ids`. */
function inOrder<T extends { id: string }>(
  ids: readonly string[],
  found: readonly T[],
): PromiseFulfilledResult<T | undefined>[] {
  const byId = new Map(found.map((one) => [one.id, one]));
  return ids.map((id) => ({ status: 'fulfilled', value: byId.get(id) }));
}
