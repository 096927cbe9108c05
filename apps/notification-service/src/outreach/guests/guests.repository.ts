import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { AnyBulkWriteOperation, Model } from 'mongoose';
import { trustedFilter } from '#persistence';
import type { Guest, GuestChange } from './guest.js';
import { GUEST, type GuestDocument } from './guests.schema.js';

/** Who is going without an account, by ids alone: they follow nothing, and yet are to be reminded. */
@Injectable()
export class GuestsRepository {
  constructor(@InjectModel(GUEST) private readonly guests: Model<GuestDocument>) {}

  /** In their order; the same again changes nothing. */
  async note(changes: readonly GuestChange[]): Promise<void> {
    if (changes.length > 0) await this.guests.bulkWrite(changes.map(writeOf));
  }

  /** Read as they are asked for. */
  async *goingTo(eventIds: readonly string[]): AsyncGenerator<Pick<Guest, 'event_id' | 'attendee_id'>> {
    if (eventIds.length === 0) return;
    const found = this.guests.find(trustedFilter({ event_id: { $in: eventIds } })).lean<GuestDocument>();
    yield* found.cursor();
  }
}

function writeOf(change: GuestChange): AnyBulkWriteOperation<GuestDocument> {
  switch (change.kind) {
    case 'comes': {
      const { booking_id, ...guest } = change.guest;
      return { updateOne: { filter: { _id: booking_id }, update: { $set: guest }, upsert: true } };
    }
    case 'stays-away':
      return { deleteOne: { filter: { _id: change.bookingId } } };
    case 'all-stay-away':
      return { deleteMany: { filter: { event_id: change.eventId } } };
    default:
      return change satisfies never;
  }
}
