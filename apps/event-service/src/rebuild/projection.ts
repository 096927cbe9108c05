import type { Schema } from 'mongoose';
import type { LogEntry } from '#persistence';

/** A stored document, of whatever collection. */
export interface Row {
  _id: string;
}

/** How a collection follows from the log. */
export interface Projection<D extends Row = Row> {
  collection: string;
  schema: Schema;
  /** The streams that it is made from, by the beginning of their names. */
  streams: string;
  /** Members that are compared, and not shown where they differ. */
  personal?: readonly string[];
  /** The document after a stream's newest entry, as far as that tells; undefined where it is gone. */
  project(newest: LogEntry): D | undefined;
  /** The same documents with what others tell of them. They come, and leave, in the order of their ids. */
  complete?(documents: AsyncIterable<D>, sources: Sources): AsyncIterable<D>;
}

/** Other collections, at the moment of the rebuild: as rebuilt where they are listed before, else as they are live. */
export interface Sources {
  rows<T extends Row>(collection: string, pipeline: readonly object[]): AsyncIterable<T>;
}
