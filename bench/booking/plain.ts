import { mongo } from 'mongoose';
import { newId } from '#kernel';

/**
 * The plain way to book, on the plain driver: for each booking one transaction that takes the seat by a guarded `$inc`,
 * inserts the booking and inserts the log entry. The same indexes, write concern and pool as Usher's.
 */
export class PlainBookings {
  private constructor(
    private readonly client: mongo.MongoClient,
    private readonly db: mongo.Db,
  ) {}

  static async open(uri: string): Promise<PlainBookings> {
    const client = await mongo.MongoClient.connect(uri, { maxPoolSize: 50, writeConcern: { w: 'majority' } });
    const db = client.db(`bench_plain_${newId()}`);
    await db
      .collection('bookings')
      .createIndexes([
        { key: { event_id: 1, attendee_id: 1 }, unique: true },
        { key: { event_id: 1, email_key: 1 }, unique: true },
        { key: { event_id: 1, created_at: 1, _id: 1 } },
        { key: { owner_id: 1, created_at: 1, _id: 1 } },
      ]);
    await db
      .collection('event_log')
      .createIndexes([
        { key: { stream: 1, version: 1 }, unique: true },
        { key: { position: 1, time: 1, version: 1, _id: 1 } },
      ]);
    return new PlainBookings(client, db);
  }

  async createEvent(capacity: number): Promise<string> {
    const _id = newId();
    await this.events.insertOne({ _id, max_attendees: capacity, booked_seats: 0 });
    return _id;
  }

  /** Answers with the booking; after two minutes of lost races the driver gives up, and it begins again. */
  async book(eventId: string, index: number): Promise<object> {
    for (;;) {
      try {
        return await this.tryToBook(eventId, index);
      } catch (error) {
        if (!(error instanceof mongo.MongoError && error.hasErrorLabel('TransientTransactionError'))) throw error;
      }
    }
  }

  private async tryToBook(eventId: string, index: number): Promise<object> {
    const now = new Date();
    const [id, attendee_id] = [newId(), newId()];
    const guest = { attendee_id, email_key: `guest-${index}@example.com`, owner_id: attendee_id };
    const booking = { event_id: eventId, ...guest, seats: 1, status: 'confirmed', created_at: now };
    await this.client.withSession((session) =>
      session.withTransaction(
        async () => {
          const { matchedCount } = await this.events.updateOne(
            { _id: eventId, $expr: { $lt: ['$booked_seats', '$max_attendees'] } },
            { $inc: { booked_seats: 1 } },
            { session },
          );
          if (matchedCount !== 1) throw new Error('full');
          await this.db.collection<{ _id: string }>('bookings').insertOne({ _id: id, ...booking }, { session });
          const entry = { stream: `booking/${id}`, version: 1, type: 'usher.booking.confirmed', data: booking };
          await this.db
            .collection<{ _id: string }>('event_log')
            .insertOne({ _id: newId(), ...entry, time: now, position: null, published_at: null } as never, { session });
        },
        { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } },
      ),
    );
    return { id, ...booking };
  }

  async close(): Promise<void> {
    await this.db.dropDatabase();
    await this.client.close();
  }

  private get events() {
    return this.db.collection<{ _id: string; max_attendees: number; booked_seats: number }>('events');
  }
}
