import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { keysetQuery, mapPage, type Page } from '#http';
import { UsherError } from '#kernel';
import { trustedFilter } from '#persistence';
import type { DetailName, EventState } from './event.js';
import { isAvailable } from './event-resource.js';
import { toFilters } from './list/events.filter.js';
import type { ListEventsQuery } from './list/events.query.js';
import { EVENT, type EventDocument } from './events.schema.js';

export const toDocument = ({ id, ...state }: EventState): EventDocument => ({
  _id: id,
  ...state,
  available: isAvailable(state),
});

export const toState = ({ _id, available: _, ...document }: EventDocument): EventState => ({ id: _id, ...document });

/** The stored events. */
@Injectable()
export class EventsRepository {
  constructor(@InjectModel(EVENT) private readonly events: Model<EventDocument>) {}

  async find(id: string): Promise<EventState | undefined> {
    const document = await this.events.findById(id).lean<EventDocument>();
    return document === null ? undefined : toState(document);
  }

  /** Those of `ids` that there are. */
  async findMany(ids: readonly string[]): Promise<EventState[]> {
    const documents = await this.events.find(trustedFilter({ _id: { $in: [...ids] } })).lean<EventDocument[]>();
    return documents.map(toState);
  }

  /** Throws MongoDB's duplicate key error where there is an event of that id. */
  async insert(state: EventState): Promise<void> {
    await this.events.create(toDocument(state));
  }

  /** Writes what changed over the version before, and nothing else: seats are booked beside this. */
  async update(state: EventState, changed: readonly DetailName[]): Promise<void> {
    const document = toDocument(state);
    const names = [...changed, 'available', 'version', 'updated_at'] as const;
    const values = Object.fromEntries(names.map((name) => [name, document[name]]));
    const { matchedCount } = await this.events.updateOne(
      { _id: state.id, version: state.version - 1 },
      { $set: values },
    );
    if (matchedCount !== 1) throw superseded();
  }

  /** Writes the seats of events over those that were `seen`; throws a retryable `conflict` where anything has changed since. */
  async updateSeats(changes: readonly { seen: EventState; state: EventState }[]): Promise<void> {
    if (changes.length === 0) return;
    const { matchedCount } = await this.events.bulkWrite(
      changes.map(({ seen, state }) => {
        const { booked_seats, waitlist_length, seats_version, available } = toDocument(state);
        return {
          updateOne: {
            filter: { _id: seen.id, version: seen.version, seats_version: seen.seats_version },
            update: { $set: { booked_seats, waitlist_length, seats_version, available } },
          },
        };
      }),
    );
    if (matchedCount !== changes.length) throw superseded();
  }

  /** Removes the event that this is the last state of. */
  async remove(state: EventState): Promise<void> {
    const { deletedCount } = await this.events.deleteOne({ _id: state.id, version: state.version - 1 });
    if (deletedCount !== 1) throw superseded();
  }

  async page(query: ListEventsQuery, now: Date): Promise<Page<EventState>> {
    const { find, page } = this.query(query, now);
    return mapPage(page.toPage(await find.lean<EventDocument[]>()), toState);
  }

  /** The query behind a page. */
  query(query: ListEventsQuery, now: Date) {
    const field = query.sort.replace('-', '');
    const page = keysetQuery<EventDocument>(
      { field, direction: query.sort.startsWith('-') ? -1 : 1, type: 'date' },
      query,
    );
    const filters = [...toFilters(query, now), page.filter].filter((filter) => Object.keys(filter).length > 0);
    const find = this.events
      .find(filters.length === 0 ? {} : trustedFilter({ $and: filters }))
      .sort(page.sort)
      .limit(page.limit);
    return { find, page };
  }

  /** Scheduled events whose end has come, the longest over first. */
  async due(now: Date, limit: number): Promise<string[]> {
    const rows = await this.events
      .find(trustedFilter({ status: 'scheduled' as const, end_time: { $lte: now } }))
      .select({ _id: 1 })
      .sort({ end_time: 1 })
      .limit(limit)
      .lean<{ _id: string }[]>();
    return rows.map(({ _id }) => _id);
  }
}

/** Within a transaction a race shows as a write conflict, which is tried again; this is the guard behind it. */
const superseded = (): UsherError =>
  new UsherError('conflict', 'The event has been changed meanwhile.', { retryable: true });
