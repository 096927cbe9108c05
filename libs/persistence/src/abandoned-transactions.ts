import type { Connection } from 'mongoose';
import { z } from 'zod';

/** Usher's transactions take milliseconds; one that has done nothing for this long belongs to a process that is gone. */
const ABANDONED_AFTER_US = 3_000_000;

const idleTransaction = z.object({ lsid: z.object({ id: z.unknown() }) });

/**
 * Ends the transactions that a killed process has left open, and answers how many there were. MongoDB itself would keep
 * them, and whatever they wrote locked, for a minute or more (`transactionLifetimeLimitSeconds`). One that was merely
 * slow is retried by its own process. Needs no privilege: a user may see and end their own sessions.
 */
export async function endAbandonedTransactions(connection: Connection): Promise<number> {
  const admin = connection.getClient().db('admin');
  const idle = await admin
    .aggregate([
      { $currentOp: { allUsers: false, idleSessions: true } },
      { $match: { type: 'idleSession', 'transaction.timeInactiveMicros': { $gt: ABANDONED_AFTER_US } } },
      { $project: { 'lsid.id': 1 } },
    ])
    .toArray();
  const sessions = z.array(idleTransaction).parse(idle);
  if (sessions.length > 0) await admin.command({ killSessions: sessions.map(({ lsid: { id } }) => ({ id })) });
  return sessions.length;
}
