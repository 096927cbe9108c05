import type { Model } from 'mongoose';
import type { Clock } from '#kernel';
import { InsertWatch, type RelayEntry, type RelayLog } from '#messaging';
import type { Logger } from '#observability';
import { trustedFilter } from '#persistence';
import type { OutboxEntry } from './outbox.schema.js';
import { toMessage } from './to-message.js';

const COUNTED = 100_000;
/** A mark that is lost with a primary repeats a message, which intake takes for what it is. */
const UNSAFE = { writeConcern: { w: 1 } };

/**
 * The outbox as the relay sees it: in order of time. It has no positions, since the archive gives events theirs; so nothing
 * has to be written before an entry may be published, and a relay that has been deposed does no more than repeat some.
 */
export class OutboxLog implements RelayLog {
  readonly name = 'bus-outbox';

  constructor(
    private readonly entries: Model<OutboxEntry>,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  sequence(_lease: unknown, limit: number): Promise<RelayEntry[]> {
    return this.unpublished(limit);
  }

  async unpublished(limit: number): Promise<RelayEntry[]> {
    const entries = await this.entries
      .find({ published_at: null })
      .sort({ time: 1, _id: 1 })
      .limit(limit)
      .lean<OutboxEntry[]>();
    return entries.map((entry) => ({ id: entry._id, position: null, time: entry.time, message: toMessage(entry) }));
  }

  async markPublished(entries: readonly RelayEntry[]): Promise<void> {
    await this.entries.updateMany(
      trustedFilter({ _id: { $in: entries.map(({ id }) => id) } }),
      { $set: { published_at: this.clock.now() } },
      UNSAFE,
    );
  }

  async backlog(): Promise<number> {
    return this.entries.countDocuments({ published_at: null }).limit(COUNTED);
  }

  watch(onEntry: () => void): { close: () => Promise<void> } {
    return new InsertWatch(this.entries, onEntry, this.logger);
  }
}
