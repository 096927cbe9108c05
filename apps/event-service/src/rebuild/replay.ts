import type { mongo } from 'mongoose';
import type { LogEntry } from '#persistence';
import type { Row } from './differences.js';

/** How many documents are read and written at a time. */
export const BATCH = 500;

export interface Replayed {
  entries: number;
  documents: number;
}

/**
 * Writes into `shadow` what the entries make of it. They come stream by stream and, within one, in the order of their
 * versions; a batch of documents is all that is held. `onGap` hears of every version that is missing.
 */
export async function replay(
  entries: AsyncIterable<LogEntry>,
  project: (newest: LogEntry) => Row | undefined,
  shadow: mongo.Collection<Row>,
  onGap: (text: string) => void,
): Promise<Replayed> {
  const replayed = { entries: 0, documents: 0 };
  let batch: Row[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await shadow.insertMany(batch);
    replayed.documents += batch.length;
    batch = [];
  };
  const counted = count(entries, () => (replayed.entries += 1));
  for await (const newest of newestOfEach(counted, onGap)) {
    const document = project(newest);
    if (document !== undefined) batch.push(document);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  return replayed;
}

/** The newest entry of every stream. */
async function* newestOfEach(
  entries: AsyncIterable<LogEntry>,
  onGap: (text: string) => void,
): AsyncGenerator<LogEntry> {
  let newest: LogEntry | undefined;
  for await (const entry of entries) {
    const before = newest?.stream === entry.stream ? newest.version : 0;
    if (entry.version !== before + 1) onGap(`${entry.stream}: the log goes from version ${before} to ${entry.version}`);
    if (newest !== undefined && newest.stream !== entry.stream) yield newest;
    newest = entry;
  }
  if (newest !== undefined) yield newest;
}

async function* count<T>(items: AsyncIterable<T>, counted: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    counted();
    yield item;
  }
}
