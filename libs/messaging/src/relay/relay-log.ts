import type { Lease } from '#persistence';
import type { OutgoingMessage } from '../broker/publisher.js';

/** An entry that has its position, ready to be published. */
export interface RelayEntry {
  position: number;
  /** When what it tells of happened. */
  time: Date;
  message: OutgoingMessage;
}

/** What the relay needs of a log: to give positions, durably, and to note what the broker has. */
export interface RelayLog {
  /** The name of the lease, and of the log in log lines. */
  readonly name: string;
  /**
   * Gives the next positions to up to `limit` entries without one, in (time, version) order, and returns these entries.
   * Throws `LeaseLost` where the lease has changed hands; nothing has a position then that had none before.
   */
  sequence(lease: Lease, limit: number): Promise<RelayEntry[]>;
  /** The oldest `limit` entries that have a position and are not marked as published, in order. */
  unpublished(limit: number): Promise<RelayEntry[]>;
  /** Marks the entries from position `first` to `last` as published. */
  markPublished(first: number, last: number): Promise<void>;
  /** How many entries are not marked as published, counted to 100,000. */
  backlog(): Promise<number>;
  /** Calls `onEntry` some time after any instance has written an entry, and whenever some may have been missed. */
  watch(onEntry: () => void): { close: () => Promise<void> };
}
