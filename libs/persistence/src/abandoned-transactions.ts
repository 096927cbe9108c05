import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Connection } from 'mongoose';
import { z } from 'zod';
import type { Logger } from '#observability';

/** How Usher's connections call themselves to MongoDB. */
export const APP_NAME = 'usher';

/** Usher's transactions take milliseconds; one that has done nothing for this long belongs to a process that is gone. */
const ABANDONED_AFTER_US = 3_000_000;
const SWEEP_INTERVAL_MS = 2_000;

const idleTransaction = z.object({ lsid: z.object({ id: z.unknown() }) });

/**
 * Ends the transactions that killed processes of Usher have left open. MongoDB itself keeps them, and whatever they wrote
 * locked against everyone, for a minute or more (`transactionLifetimeLimitSeconds`). One that was merely slow is retried
 * by its own process. Needs no privilege: a user may see and end their own sessions.
 */
@Injectable()
export class AbandonedTransactions implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const sweep = (): void => {
      this.sweep().catch((error: unknown) => this.logger.debug({ err: error }, 'transactions.not_seen'));
    };
    this.timer = setInterval(sweep, SWEEP_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    const admin = this.connection.getClient().db('admin');
    const found = await admin
      .aggregate([
        { $currentOp: { allUsers: false, idleSessions: true } },
        {
          $match: {
            type: 'idleSession',
            appName: APP_NAME,
            'transaction.timeInactiveMicros': { $gt: ABANDONED_AFTER_US },
          },
        },
        { $project: { 'lsid.id': 1 } },
      ])
      .toArray();
    const abandoned = z.array(idleTransaction).parse(found);
    if (abandoned.length === 0) return;
    await admin.command({ killSessions: abandoned.map(({ lsid: { id } }) => ({ id })) });
    this.logger.warn({ ended: abandoned.length }, 'transactions.abandoned');
  }
}
