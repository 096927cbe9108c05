import type { Lease } from '#persistence';
import type { OutgoingMessage } from '../broker/publisher.js';

/** An entry that is ready to be published. */
export interface RelayEntry {
  id: string;
  /** Null in a log without positions. */
  position: number | null;
  /** When what it tells of happened. */
  time: Date;
  message: OutgoingMessage;
}

/** What the relay needs of a log: its entries in an order that stays, and to note what the broker has. */
export interface RelayLog {
  /** The name of the lease, and of the log in log lines. */
  readonly name: string;
  /**
   * Up to `limit` entries that have not been taken yet, in order: in a log with positions they have theirs from then on, and
   * nobody else can give them others. Throws `LeaseLost` where the lease has changed hands, with nothing taken.
   */
  sequence(lease: Lease, limit: number): Promise<RelayEntry[]>;
  /** The first `limit` entries that have been taken and are not marked as published, in order. */
  unpublished(limit: number): Promise<RelayEntry[]>;
  /** Marks `entries`, which were answered one after the other, as published. */
  markPublished(entries: readonly RelayEntry[]): Promise<void>;
  /** How many entries are not marked as published, counted to 100,000. */
  backlog(): Promise<number>;
  /** Calls `onEntry` some time after any instance has written an entry, and whenever some may have been missed. */
  watch(onEntry: () => void): { close: () => Promise<void> };
}
