import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Principal } from '#auth';
import { newId } from '#kernel';
import type { ReadNotification } from '../notifications/notifications.service.js';
import type { LiveConnection } from './live-connection.js';
import { type History, LiveSession, type LiveWishes, MAX_BACKLOG_BYTES, type Muted } from './live-session.js';

const principal: Principal = {
  id: newId(),
  username: 'ada',
  roles: ['user'],
  scopes: [],
  tokenId: newId(),
  expiresAt: new Date(Date.now() + 60_000),
};

/** A reader's world: positions that tell them something, the committed head, and what retention took. */
class World implements History, LiveWishes {
  position = 0;
  gone = 0;
  readonly told = new Set<number>();
  readonly read = new Set<number>();
  muted: Muted = { version: 0, types: [] };

  constructor(private readonly pause: (label: string) => Promise<void> = () => Promise.resolve()) {}

  async missed(_: string, range: { after: number; upTo: number }, limit: number): Promise<ReadNotification[]> {
    await this.pause('missed');
    return [...this.told]
      .filter((position) => position > Math.max(range.after, this.gone) && position <= range.upTo)
      .sort((a, b) => a - b)
      .slice(0, limit)
      .map((position) => this.notification(position));
  }

  async goneThrough(): Promise<number> {
    await this.pause('gone');
    return this.gone;
  }

  async unreadCount(_: string, upTo: number): Promise<number> {
    await this.pause('unread');
    return [...this.told].filter((position) => position <= upTo && !this.read.has(position)).length;
  }

  async mutedFor(): Promise<Muted> {
    await this.pause('muted');
    return this.muted;
  }

  notification(position: number): ReadNotification {
    const type = typeAt(position);
    return {
      _id: newId(),
      position,
      user_id: principal.id,
      type,
      payload: {
        type: 'notification',
        notification_type: type,
        event: { id: newId(), title: `${position}`, action: 'created', timestamp: new Date().toISOString() },
        user: 'bob',
      },
      traceparent: null,
      created_at: new Date(),
      read: this.read.has(position),
    };
  }
}

const typeAt = (position: number) => (position % 3 === 0 ? 'event.updated' : 'event.created');
const UPDATES = ['event.updated'] as const;

class Recorder implements LiveConnection {
  readonly transport = 'socket.io';
  readonly positions: number[] = [];
  readonly unread: number[] = [];
  readonly gaps: { from: number; to: number }[] = [];
  ready: { position: number; recovered: boolean } | undefined;
  closed: string | undefined;
  backlog = 0;

  sendReady(message: { position: number; recovered: boolean }): void {
    this.ready = message;
  }
  sendNotification(_: unknown, meta: { position: number; unread: number }): void {
    this.positions.push(meta.position);
    this.unread.push(meta.unread);
  }
  sendGap(gap: { from: number; to: number }): void {
    this.gaps.push(gap);
  }
  backlogBytes(): number {
    return this.backlog;
  }
  close(reason: string): void {
    this.closed = reason;
  }
}

/** Commits position `position`, told or not, as the feed would. */
function commit(world: World, session: LiveSession, position: number, told: boolean): void {
  if (told) world.told.add(position);
  world.position = position;
  if (told) session.offer(world.notification(position));
}

describe('a live session', () => {
  it('brings what was missed, then live, each once and in order, however things interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.nat({ max: 35 }),
        fc.boolean(),
        fc.boolean(),
        async (scheduler, before, during, start, resumeAgain, withoutUpdates) => {
          const world = new World((label) => scheduler.schedule(Promise.resolve(), label));
          if (withoutUpdates) world.muted = { version: 1, types: UPDATES };
          before.forEach((told, index) => told && world.told.add(index + 1));
          world.position = before.length;
          const after = Math.min(start, before.length);
          const connection = new Recorder();
          const session = new LiveSession(principal, connection, world, world, world);
          const starting = session.start(after);
          during.forEach((told, index) => {
            void scheduler
              .schedule(Promise.resolve(), 'commit')
              .then(() => commit(world, session, world.position + 1, told && index >= 0));
          });
          if (resumeAgain) void scheduler.schedule(Promise.resolve(), 'reread').then(() => session.reread());
          await scheduler.waitIdle();
          await starting;
          const wanted = (position: number): boolean => !withoutUpdates || typeAt(position) !== 'event.updated';
          const expected = [...world.told].filter((p) => p > after && wanted(p)).sort((a, b) => a - b);
          expect(connection.positions).toEqual(expected);
          const unread = [...world.told].filter((position) => position <= (expected.at(-1) ?? 0)).length;
          expect(connection.unread.at(-1) ?? 0).toBe(unread);
          expect(connection.gaps).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('begins live, without the past, where no position is named', async () => {
    const world = new World();
    world.told.add(1);
    world.position = 1;
    const connection = new Recorder();
    const session = new LiveSession(principal, connection, world, world, world);
    await session.start(undefined);
    commit(world, session, 2, true);
    expect(connection.ready).toMatchObject({ position: 1, recovered: false });
    expect(connection.positions).toEqual([2]);
    expect(connection.unread).toEqual([2]);
  });

  it('says what is gone before it goes on with what is left', async () => {
    const world = new World();
    for (let position = 1; position <= 10; position += 1) world.told.add(position);
    world.position = 10;
    world.gone = 6;
    const connection = new Recorder();
    await new LiveSession(principal, connection, world, world, world).start(2);
    expect(connection.ready).toMatchObject({ recovered: false });
    expect(connection.gaps).toEqual([{ from: 2, to: 6 }]);
    expect(connection.positions).toEqual([7, 8, 9, 10]);
  });

  it('treats a position from the future as now', async () => {
    const world = new World();
    world.position = 3;
    const connection = new Recorder();
    const session = new LiveSession(principal, connection, world, world, world);
    await session.start(99);
    commit(world, session, 4, true);
    expect(connection.ready).toMatchObject({ recovered: false });
    expect(connection.positions).toEqual([4]);
  });

  it('counts what was read elsewhere out of unread', async () => {
    const world = new World();
    const connection = new Recorder();
    const session = new LiveSession(principal, connection, world, world, world);
    await session.start(undefined);
    commit(world, session, 1, true);
    world.read.add(1);
    await session.recount();
    commit(world, session, 2, true);
    expect(connection.unread).toEqual([1, 1]);
  });

  it('passes over what is not wanted live, from the next one on, and counts it as unread', async () => {
    const world = new World();
    const connection = new Recorder();
    const session = new LiveSession(principal, connection, world, world, world);
    await session.start(undefined);
    commit(world, session, 3, true);
    session.mute({ version: 2, types: UPDATES });
    session.mute({ version: 1, types: [] });
    for (const position of [6, 7]) commit(world, session, position, true);
    await session.resume(0);
    session.mute({ version: 3, types: [] });
    commit(world, session, 9, true);
    expect(connection.positions).toEqual([3, 7, 7, 9]);
    expect(connection.unread).toEqual([1, 3, 3, 4]);
    expect(connection.gaps).toEqual([]);
  });

  it('cuts off whoever does not take what is sent', async () => {
    const world = new World();
    const connection = new Recorder();
    const session = new LiveSession(principal, connection, world, world, world);
    await session.start(undefined);
    connection.backlog = MAX_BACKLOG_BYTES + 1;
    commit(world, session, 1, true);
    commit(world, session, 2, true);
    expect(connection.closed).toBe('slow-consumer');
    expect(connection.positions).toEqual([1]);
  });
});
