import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { NotificationType } from '#contracts';
import { type Keyset, keysetQuery, type Page, type PageRequest } from '#http';
import { UsherError } from '#kernel';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { NotificationsRepository, type PositionRange } from './notifications.repository.js';
import type { Notification } from './notifications.schema.js';
import { ReadersRepository } from './readers.repository.js';
import type { Reader } from './readers.schema.js';

/** A notification as its reader sees it. */
export interface ReadNotification extends Notification {
  read: boolean;
}

export interface HistoryQuery extends PageRequest {
  unread?: boolean | undefined;
  type?: NotificationType | undefined;
}

const NEWEST_FIRST: Keyset = { field: 'position', direction: -1, type: 'number', unique: true };

/** Each person's history: reading it, forward and backward, and remembering what they have read. */
@Injectable()
export class NotificationsService {
  /** The id of a user whenever what they have read changes. */
  readonly readChanges = new Subject<string>();

  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly readers: ReadersRepository,
    private readonly archive: ArchiveRepository,
  ) {}

  /** Newest first. Throws `validation-failed` for a cursor that is none. */
  async history(userId: string, query: HistoryQuery): Promise<Page<ReadNotification>> {
    const keyset = keysetQuery<ReadNotification>(NEWEST_FIRST, query);
    const reader = await this.readers.find(userId);
    const after = query.unread === true ? reader.read_through : 0;
    const rows: ReadNotification[] = [];
    let upTo = Infinity;
    for (;;) {
      const wanted = keyset.limit - rows.length;
      const filter = { ...keyset.filter, ...(query.type === undefined ? {} : { type: query.type }) };
      const found = await this.notifications.readBackward(reader, { after, upTo }, wanted, filter);
      const withRead = await this.withRead(reader, found);
      rows.push(...withRead.filter(({ read }) => query.unread !== true || !read));
      const last = found.at(-1);
      if (found.length < wanted || rows.length === keyset.limit || last === undefined) return keyset.toPage(rows);
      upTo = last.position - 1;
    }
  }

  /** Oldest first, at most `limit`: what a live session has missed. */
  async missed(userId: string, range: PositionRange, limit: number): Promise<ReadNotification[]> {
    const reader = await this.readers.find(userId);
    return this.withRead(reader, await this.notifications.readForward(reader, range, limit));
  }

  /**
   * Up to which position notifications that were this user's are gone; 0 where none is. A reader that asks after it has
   * read a page knows whether that page was whole.
   */
  async goneThrough(userId: string): Promise<number> {
    const [horizon, reader] = await Promise.all([this.notifications.horizon(), this.readers.find(userId)]);
    return reader.since === null || horizon <= reader.since ? 0 : horizon;
  }

  /** How many up to and including position `upTo` are unread. */
  async unreadCount(userId: string, upTo = Infinity): Promise<number> {
    const reader = await this.readers.find(userId);
    const range = { after: Math.max(reader.read_through, reader.since ?? 0), upTo };
    const [all, marked] = await Promise.all([
      this.notifications.count(reader, range),
      this.readers.countMarks(userId, range.after, upTo),
    ]);
    return Math.max(0, all - marked);
  }

  /** Throws `not-found` where the notification is not there or not this user's. */
  async markRead(userId: string, id: string): Promise<void> {
    const reader = await this.readers.find(userId);
    const notification = await this.notifications.find(reader, id);
    if (notification === null) throw new UsherError('not-found', 'There is no such notification.');
    if (notification.position <= reader.read_through) return;
    await this.readers.mark(userId, notification.position);
    this.readChanges.next(userId);
  }

  async markAllRead(userId: string): Promise<void> {
    await this.readers.readThrough(userId, await this.archive.head());
    this.readChanges.next(userId);
  }

  /** Remembers how far one of the user's clients has come; never backwards, never beyond what exists. */
  async acknowledge(userId: string, position: number): Promise<void> {
    await this.readers.acknowledge(userId, Math.min(position, await this.archive.head()));
  }

  async acknowledged(userId: string): Promise<number> {
    return (await this.readers.find(userId)).acknowledged;
  }

  private async withRead(reader: Reader, notifications: Notification[]): Promise<ReadNotification[]> {
    if (notifications.length === 0) return [];
    const marked = await this.readers.markedAmong(
      reader._id,
      notifications.map(({ position }) => position),
    );
    return notifications.map((notification) => ({
      ...notification,
      read: notification.position <= reader.read_through || marked.has(notification.position),
    }));
  }
}
