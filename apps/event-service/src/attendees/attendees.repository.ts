import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { type Keyset, keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { UsherError } from '#kernel';
import { trustedFilter } from '#persistence';
import type { AttendeeState, DetailName } from './attendee.js';
import { ATTENDEE, type AttendeeDocument } from './attendees.schema.js';

const NEWEST_FIRST: Keyset = { field: 'created_at', direction: -1, type: 'date' };

const toDocument = ({ id, ...state }: AttendeeState): AttendeeDocument => ({ _id: id, ...state, held: 0 });
const toState = ({ _id, held: _, ...document }: AttendeeDocument): AttendeeState => ({ id: _id, ...document });
const found = (document: AttendeeDocument | null): AttendeeState | undefined =>
  document === null ? undefined : toState(document);

/** The stored attendees. */
@Injectable()
export class AttendeesRepository {
  constructor(@InjectModel(ATTENDEE) private readonly attendees: Model<AttendeeDocument>) {}

  async find(id: string): Promise<AttendeeState | undefined> {
    return found(await this.attendees.findById(id).lean<AttendeeDocument>());
  }

  async findMany(ids: readonly string[]): Promise<AttendeeState[]> {
    const documents = await this.attendees.find(trustedFilter({ _id: { $in: [...ids] } })).lean<AttendeeDocument[]>();
    return documents.map(toState);
  }

  /** The attendees that these users are themselves. */
  async findOwn(userIds: readonly string[]): Promise<AttendeeState[]> {
    const documents = await this.attendees
      .find(trustedFilter({ user_id: { $in: [...userIds] } }))
      .lean<AttendeeDocument[]>();
    return documents.map(toState);
  }

  /** Those that a user registered, newest first. */
  async pageOf(userId: string, request: PageRequest): Promise<Page<AttendeeState>> {
    const page = keysetQuery<AttendeeDocument>(NEWEST_FIRST, request);
    const rows = await this.attendees
      .find(trustedFilter({ $and: [{ registered_by: userId }, page.filter] }))
      .sort(page.sort)
      .limit(page.limit)
      .lean<AttendeeDocument[]>();
    return mapPage(page.toPage(rows), toState);
  }

  /** Throws MongoDB's duplicate key error where an id, or a user's own attendee, is there already. */
  async insertMany(states: readonly AttendeeState[]): Promise<void> {
    await this.attendees.insertMany(states.map(toDocument), { lean: true });
  }

  /** Writes what changed over the version before. */
  async update(state: AttendeeState, changed: readonly DetailName[]): Promise<void> {
    const values = Object.fromEntries(
      [...changed, 'version' as const, 'updated_at' as const].map((name) => [name, state[name]]),
    );
    const { matchedCount } = await this.attendees.updateOne(
      { _id: state.id, version: state.version - 1 },
      { $set: values },
    );
    if (matchedCount !== 1) throw superseded();
  }

  /**
   * Writes to attendees of these versions, so that whoever changes or removes one of them meanwhile conflicts with the
   * running transaction. Throws a retryable `conflict` where one is not of its version any more.
   */
  async hold(known: readonly Pick<AttendeeState, 'id' | 'version'>[]): Promise<void> {
    const versions = new Map(known.map(({ id, version }) => [id, version]));
    // Of one who was read twice, and changed in between, one reading is out of date.
    if (known.some(({ id, version }) => versions.get(id) !== version)) throw superseded();
    const { matchedCount } = await this.attendees.updateMany(
      trustedFilter({ $or: Array.from(versions, ([_id, version]) => ({ _id, version })) }),
      { $inc: { held: 1 } },
    );
    if (matchedCount !== versions.size) throw superseded();
  }

  /** Puts another token in place of the one before. */
  async replaceToken(id: string, tokenHash: string): Promise<AttendeeState | undefined> {
    const options = { returnDocument: 'after' as const };
    const document = await this.attendees
      .findOneAndUpdate({ _id: id }, { $set: { token_hash: tokenHash } }, options)
      .lean<AttendeeDocument>();
    return found(document);
  }

  /** Removes the attendee that this is the last state of. */
  async remove(state: AttendeeState): Promise<void> {
    const { deletedCount } = await this.attendees.deleteOne({ _id: state.id, version: state.version - 1 });
    if (deletedCount !== 1) throw superseded();
  }
}

/** Within a transaction a race shows as a write conflict, which is tried again; this is the guard behind it. */
const superseded = (): UsherError =>
  new UsherError('conflict', 'The attendee has been changed meanwhile.', { retryable: true });
