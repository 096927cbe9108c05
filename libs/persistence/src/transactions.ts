import { Inject, Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { LOGGER, type Logger } from '#observability';
import { endAbandonedTransactions } from './abandoned-transactions.js';
import { withCommitHooks } from './after-commit.js';
import { fromMongoError } from './errors.js';

/** Losing to others takes no longer than this; after it, the one in the way may be dead. */
const SUSPICIOUS_MS = 1_000;

/** Runs units of work, each in one MongoDB transaction. */
@Injectable()
export class Transactions {
  private endingAbandoned: Promise<void> | undefined;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Commits all that `work` wrote, or nothing. Every Mongoose call inside joins the transaction by itself. `work` may
   * run several times, when a write conflicts or a primary steps down: it must do nothing but MongoDB work, one call
   * after the other. Throws what `work` throws, and a retryable `unavailable` when MongoDB is out of reach.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const watched = (): Promise<T> => {
      if (performance.now() - started > SUSPICIOUS_MS) this.endAbandoned();
      return work();
    };
    try {
      return await withCommitHooks((attempt) =>
        this.connection.transaction(() => attempt(watched), {
          readConcern: { level: 'snapshot' },
          writeConcern: { w: 'majority' },
          readPreference: 'primary',
        }),
      );
    } catch (error) {
      throw fromMongoError(error);
    }
  }

  /** Beside the transaction that is in trouble, and by one of them at a time. */
  private endAbandoned(): void {
    this.endingAbandoned ??= endAbandonedTransactions(this.connection)
      .then(
        (ended) => {
          if (ended > 0) this.logger.warn({ ended }, 'transactions.abandoned');
        },
        (error: unknown) => {
          this.logger.warn({ err: error }, 'transactions.not_seen');
        },
      )
      .finally(() => (this.endingAbandoned = undefined));
  }
}
