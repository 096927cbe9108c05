import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { withCommitHooks } from './after-commit.js';
import { fromMongoError } from './errors.js';

/** Runs units of work, each in one MongoDB transaction. */
@Injectable()
export class Transactions {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /**
   * Commits all that `work` wrote, or nothing. Every Mongoose call inside joins the transaction by itself. `work` may
   * run several times, when a write conflicts or a primary steps down: it must do nothing but MongoDB work, one call
   * after the other. Throws what `work` throws, and a retryable `unavailable` when MongoDB is out of reach.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withCommitHooks((attempt) =>
        this.connection.transaction(() => attempt(work), {
          readConcern: { level: 'snapshot' },
          writeConcern: { w: 'majority' },
          readPreference: 'primary',
        }),
      );
    } catch (error) {
      throw fromMongoError(error);
    }
  }
}
