import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, mongo } from 'mongoose';
import { type Envelope, envelopeSchema } from '#contracts';
import { fromMongoError } from '#persistence';
import { OUTBOX_ENTRY, type OutboxEntry } from './outbox.schema.js';

/** What was accepted on the bus, on its way to the broker. */
@Injectable()
export class OutboxRepository {
  constructor(@InjectModel(OUTBOX_ENTRY) private readonly entries: Model<OutboxEntry>) {}

  /**
   * Keeps `entries` for good (majority), each `(source, id)` once whoever else is at it; answers which of them, by index,
   * were there before. Throws a retryable `unavailable` when MongoDB is out of reach: some may be kept then.
   */
  async add(entries: readonly OutboxEntry[]): Promise<Set<number>> {
    if (entries.length === 0) return new Set();
    try {
      // Lean: casting each document again is most of the cost of many.
      await this.entries.insertMany(entries, { lean: true, ordered: false });
      return new Set();
    } catch (error) {
      return duplicatesIn(error);
    }
  }

  /** The event that was accepted under that identity; undefined once it has been on the bus for long. */
  async find({ source, id }: Pick<OutboxEntry, 'source' | 'id'>): Promise<Envelope | undefined> {
    const entry = await this.entries.findOne({ source, id }, { content: 1 }).lean<Pick<OutboxEntry, 'content'>>();
    return entry === null ? undefined : envelopeSchema.parse(JSON.parse(entry.content));
  }
}

const DUPLICATE_KEY = 11_000;

function duplicatesIn(error: unknown): Set<number> {
  if (!(error instanceof mongo.MongoBulkWriteError) || !hasOnlyDuplicates(error)) throw fromMongoError(error);
  return new Set(writeErrorsOf(error).map(({ index }) => index));
}

const writeErrorsOf = ({ writeErrors }: mongo.MongoBulkWriteError): mongo.WriteError[] => [writeErrors].flat();

/** A write that was not confirmed by the majority is an error beside those of its documents. */
const hasOnlyDuplicates = (error: mongo.MongoBulkWriteError): boolean =>
  error.result.getWriteConcernError() === undefined &&
  writeErrorsOf(error).length > 0 &&
  writeErrorsOf(error).every(({ code }) => code === DUPLICATE_KEY);
