import type { Principal } from '#auth';
import type { NotificationType } from '#contracts';
import type { PositionRange } from '../notifications/notifications.repository.js';
import type { ReadNotification } from '../notifications/notifications.service.js';
import type { SentNotification } from './committed-batch.js';
import type { CloseReason, LiveConnection } from './live-connection.js';

/** A connection whose unsent backlog grows beyond this is cut off: it can resume, the others must not wait. */
export const MAX_BACKLOG_BYTES = 1_048_576;
/** While someone catches up, the next page waits until the network has taken most of the last. */
const CATCH_UP_BACKLOG_BYTES = MAX_BACKLOG_BYTES / 4;
const CATCH_UP_PAGE = 200;
const BACKLOG_POLL_MS = 20;

/** Where a session reads what it has not been offered. */
export interface History {
  /** Oldest first, at most `limit`. */
  missed(userId: string, range: PositionRange, limit: number): Promise<ReadNotification[]>;
  /** Up to which position the user's notifications are gone; to be asked after reading a page. */
  goneThrough(userId: string): Promise<number>;
  unreadCount(userId: string, upTo: number): Promise<number>;
}

/** The types of which a person wants nothing live, as one version of their preferences has it. */
export interface Muted {
  version: number;
  types: readonly NotificationType[];
}

/** Where a session learns what its person does not want live. */
export interface LiveWishes {
  mutedFor(userId: string): Promise<Muted>;
}

/** The newest position that this instance has handed to its sessions. */
export interface FeedPosition {
  readonly position: number;
}

/**
 * One person at the end of one connection: what they missed, in order, and then live, each notification once. `cursor`
 * is the position up to which everything has been sent; while the session catches up, live notifications wait for it in
 * the database, so that neither order nor completeness depends on timing. What the person does not want live is passed
 * over: it moves the cursor and counts as unread like the rest.
 */
export class LiveSession {
  private cursor = 0;
  private unread = 0;
  /** How many were added to `unread`, one by one. */
  private counted = 0;
  /** Null until it has been asked for. */
  private muted: Muted | null = null;
  /** Each catch-up supersedes the one before; null while the session is live. */
  private catchingUp: symbol | null = Symbol('starting');
  private closed = false;
  /** Why it ended; `gone` where the other side or the network ended it. */
  endReason: CloseReason | 'gone' = 'gone';

  constructor(
    readonly principal: Principal,
    private readonly connection: LiveConnection,
    private readonly history: History,
    private readonly feed: FeedPosition,
    private readonly wishes: LiveWishes,
  ) {}

  get transport(): LiveConnection['transport'] {
    return this.connection.transport;
  }

  /**
   * Begins with what came after position `after`, or live from now on where it is undefined. Says `ready` first, then
   * `gap` where history no longer reaches that far back.
   */
  async start(after: number | undefined): Promise<void> {
    const head = this.feed.position;
    const from = after ?? head;
    const gone = after === undefined ? 0 : await this.history.goneThrough(this.principal.id);
    const { id, username } = this.principal;
    this.connection.sendReady({
      user: { id, username },
      position: head,
      recovered: after !== undefined && after >= gone && after <= head,
    });
    await this.catchUp(Math.min(from, head));
  }

  /** Sends everything after position `after` again, in order, then goes on live. */
  async resume(after: number): Promise<void> {
    await this.catchUp(Math.min(after, this.feed.position));
  }

  /** Reads from history what may have passed it by. */
  async reread(): Promise<void> {
    if (this.catchingUp === null) await this.catchUp(this.cursor);
  }

  /** Takes a live notification; one that is covered already, or that the catch-up will bring, is left out. */
  offer(notification: SentNotification): void {
    if (this.closed || this.catchingUp !== null || notification.position <= this.cursor) return;
    this.cursor = notification.position;
    this.send(notification, false);
  }

  /** Counts again what is unread, after the person has read something on whichever device. */
  async recount(): Promise<void> {
    const countedBefore = this.counted;
    const unread = await this.history.unreadCount(this.principal.id, this.cursor);
    this.unread = unread + (this.counted - countedBefore);
  }

  /** From now on brings nothing of `muted`, unless it knows of a newer version. */
  mute(muted: Muted): void {
    if (this.muted === null || muted.version >= this.muted.version) this.muted = muted;
  }

  close(reason: CloseReason): void {
    if (this.closed) return;
    this.closed = true;
    this.endReason = reason;
    this.connection.close(reason);
  }

  /** The connection is gone by itself. */
  end(): void {
    this.closed = true;
  }

  private async catchUp(after: number): Promise<void> {
    const run = Symbol('catch-up');
    this.catchingUp = run;
    this.cursor = after;
    if (this.muted === null) this.mute(await this.wishes.mutedFor(this.principal.id));
    this.unread = await this.history.unreadCount(this.principal.id, after);
    while (this.isRunning(run)) {
      const upTo = this.feed.position;
      if (this.cursor >= upTo) {
        // Nothing awaits between this look at the feed and going live, so nothing can slip through in between.
        this.catchingUp = null;
        return;
      }
      await this.sendPage(run, upTo);
    }
  }

  private async sendPage(run: symbol, upTo: number): Promise<void> {
    const userId = this.principal.id;
    const page = await this.history.missed(userId, { after: this.cursor, upTo }, CATCH_UP_PAGE);
    const gone = await this.history.goneThrough(userId);
    if (!this.isRunning(run)) return;
    if (gone > this.cursor) {
      this.connection.sendGap({ from: this.cursor, to: gone });
      this.cursor = gone;
    }
    for (const notification of page) {
      if (notification.position <= this.cursor) continue;
      this.cursor = notification.position;
      this.send(notification, notification.read);
      if (!this.isRunning(run)) return;
    }
    if (page.length < CATCH_UP_PAGE) this.cursor = Math.max(this.cursor, upTo);
    await this.backlogTaken();
  }

  private send(notification: SentNotification, read: boolean): void {
    if (!read) this.unread += 1;
    this.counted += read ? 0 : 1;
    const { payload, _id: id, position, traceparent } = notification;
    if (this.muted?.types.includes(payload.notification_type) === true) return;
    this.connection.sendNotification(payload, { id, position, traceparent, unread: this.unread });
    if (this.connection.backlogBytes() > MAX_BACKLOG_BYTES) this.close('slow-consumer');
  }

  private async backlogTaken(): Promise<void> {
    while (!this.closed && this.connection.backlogBytes() > CATCH_UP_BACKLOG_BYTES)
      await new Promise((resolve) => setTimeout(resolve, BACKLOG_POLL_MS));
  }

  private isRunning(run: symbol): boolean {
    return !this.closed && this.catchingUp === run;
  }
}
