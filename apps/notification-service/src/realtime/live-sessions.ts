import { Injectable } from '@nestjs/common';
import { UsherError } from '#kernel';
import { Metrics } from '#observability';
import type { CloseReason } from './live-connection.js';
import type { SentNotification } from './committed-batch.js';
import type { LiveSession } from './live-session.js';

const MAX_SESSIONS_PER_USER = 50;

/** The open sessions of this instance, by user. */
@Injectable()
export class LiveSessions {
  private readonly byUser = new Map<string, Set<LiveSession>>();

  constructor(private readonly metrics: Metrics) {}

  /** Throws `rate-limited` where the user has 50 connections to this instance already. */
  assertRoomFor(userId: string): void {
    if ((this.of(userId)?.size ?? 0) >= MAX_SESSIONS_PER_USER)
      throw new UsherError('rate-limited', `At most ${MAX_SESSIONS_PER_USER} live connections per user.`);
  }

  add(session: LiveSession): void {
    const sessions = this.of(session.principal.id) ?? new Set();
    this.byUser.set(session.principal.id, sessions.add(session));
    this.metrics.add('usher_live_sessions', { transport: session.transport }, 1);
  }

  /** False where it was not there any more. */
  remove(session: LiveSession): boolean {
    const sessions = this.of(session.principal.id);
    if (sessions?.delete(session) !== true) return false;
    if (sessions.size === 0) this.byUser.delete(session.principal.id);
    this.metrics.add('usher_live_sessions', { transport: session.transport }, -1);
    return true;
  }

  of(userId: string): Set<LiveSession> | undefined {
    return this.byUser.get(userId);
  }

  userIds(): string[] {
    return [...this.byUser.keys()];
  }

  /** Offers a notification to whom it is for. */
  offer(notification: SentNotification): void {
    if (notification.user_id !== null) {
      for (const session of this.of(notification.user_id) ?? []) session.offer(notification);
      return;
    }
    for (const sessions of this.byUser.values()) for (const session of sessions) session.offer(notification);
  }

  /** The sessions of everyone but `userIds`. */
  *ofOthers(userIds: ReadonlySet<string>): Iterable<LiveSession> {
    for (const [userId, sessions] of this.byUser) if (!userIds.has(userId)) yield* sessions;
  }

  closeAll(reason: CloseReason): void {
    for (const sessions of this.byUser.values()) for (const session of sessions) session.close(reason);
  }
}
