import type { LogEntry } from '#persistence';
import type { Projection, Row, Sources } from './projection.js';

/** How many documents are read and written at a time. */
export const BATCH = 500;

/** Who hears of a replay as it goes on. */
export interface Listener {
  entry(): void;
  /** A version that is missing. */
  gap(text: string): void;
}

/**
 * What the entries make of a collection. They come stream by stream and, within one, in the order of their versions; the
 * documents come in the order of their ids, and are held one at a time.
 */
export function replay<D extends Row>(
  projection: Projection<D>,
  entries: AsyncIterable<LogEntry>,
  sources: Sources,
  listener: Listener,
): AsyncIterable<D> {
  const documents = project(projection, newestOfEach(entries, listener));
  return projection.complete?.(documents, sources) ?? documents;
}

async function* project<D extends Row>(
  projection: Projection<D>,
  newestOnes: AsyncIterable<LogEntry>,
): AsyncGenerator<D> {
  for await (const newest of newestOnes) {
    const document = projection.project(newest);
    if (document !== undefined) yield document;
  }
}

/** The newest entry of every stream. */
async function* newestOfEach(entries: AsyncIterable<LogEntry>, listener: Listener): AsyncGenerator<LogEntry> {
  let newest: LogEntry | undefined;
  for await (const entry of entries) {
    listener.entry();
    const before = newest?.stream === entry.stream ? newest.version : 0;
    if (entry.version !== before + 1)
      listener.gap(`${entry.stream}: the log goes from version ${before} to ${entry.version}`);
    if (newest !== undefined && newest.stream !== entry.stream) yield newest;
    newest = entry;
  }
  if (newest !== undefined) yield newest;
}
