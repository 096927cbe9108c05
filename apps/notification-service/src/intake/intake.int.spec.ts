import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import { Test, type TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import type { Connection } from 'mongoose';
import type { Envelope, UsherEventType } from '#contracts';
import { newId } from '#kernel';
import { createLogger, ObservabilityModule } from '#observability';
import { PersistenceModule, Transactions } from '#persistence';
import { changedData } from '../../test/test-bed.js';
import { ArchiveModule } from '../archive/archive.module.js';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { CLOCK, CONFIG } from '../config.js';
import { FollowsModule } from '../follows/follows.module.js';
import { FollowsService } from '../follows/follows.service.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import { Retention } from '../notifications/retention.js';
import { IntakeService } from './intake.service.js';

const DAY_MS = 86_400_000;
let now = new Date('2026-11-20T10:00:00.000Z');
let app: TestingModule;
let connection: Connection;
let intake: IntakeService;
let notifications: NotificationsService;
let archive: ArchiveRepository;
let follows: FollowsService;

const settings = {
  module: class Settings {},
  global: true,
  providers: [
    { provide: CLOCK, useValue: { now: () => now } },
    { provide: CONFIG, useValue: { NOTIFICATION_RETENTION_DAYS: 90 } },
  ],
  exports: [CLOCK, CONFIG],
};

beforeAll(async () => {
  app = await Test.createTestingModule({
    imports: [
      settings,
      ObservabilityModule.forRoot({ service: 'test', logger: createLogger({ service: 'test', level: 'silent' }) }),
      PersistenceModule.forRoot({
        uri: process.env['USHER_TEST_MONGODB_URI'] ?? '',
        database: `test_intake_${newId()}`,
      }),
      ArchiveModule,
      NotificationsModule,
      FollowsModule,
    ],
    providers: [IntakeService, Transactions],
  }).compile();
  await app.init();
  connection = app.get(getConnectionToken());
  intake = app.get(IntakeService);
  notifications = app.get(NotificationsService);
  archive = app.get(ArchiveRepository);
  follows = app.get(FollowsService);
});

afterAll(async () => {
  await connection.dropDatabase();
  await app.close();
});

beforeEach(async () => {
  now = new Date('2026-11-20T10:00:00.000Z');
  for (const model of Object.values(connection.models)) await model.deleteMany();
});

const ada = { id: newId(), username: 'ada' };
const bob = { id: newId(), username: 'bob' };

function envelope(type: UsherEventType, data: object): Envelope {
  return { specversion: '1.0', id: newId(), source: '/event-service', type, time: now.toISOString(), data };
}

const registered = (user: { id: string; username: string }): Envelope => envelope('usher.user.registered', { user });

function changed(action: 'created' | 'updated' | 'canceled' | 'completed' | 'deleted', eventId: string): Envelope {
  return envelope(`usher.event.${action}`, changedData(eventId, ada));
}

const typesFor = async (userId: string): Promise<string[]> =>
  (await notifications.history(userId, { limit: 100 })).data.map(({ type }) => type);

describe('intake', () => {
  it('archives in order, without gaps, and a repetition has no effect', async () => {
    const batch = [registered(ada), changed('created', newId()), changed('created', newId())];
    expect(await intake.commit(batch)).toMatchObject({ after: 0, upTo: 3 });
    expect(await intake.commit([...batch, ...batch])).toMatchObject({ after: 3, upTo: 3, notifications: [] });
    expect(await archive.head()).toBe(3);
    expect((await notifications.history(ada.id, { limit: 100 })).data).toHaveLength(2);
  });

  it('keeps positions dense and every event once, whatever is repeated in whatever batches', async () => {
    const pool = Array.from({ length: 12 }, () => changed('created', newId()));
    const batches = fc.array(fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 6 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, async (sent) => {
        for (const model of Object.values(connection.models)) await model.deleteMany();
        for (const batch of sent) await intake.commit(batch);
        const firstOf = [...new Set(sent.flat().map(({ id }) => id))];
        const stored = await connection.collection('archive').find().sort({ _id: 1 }).toArray();
        expect(stored.map((event) => event['id'] as unknown)).toEqual(firstOf);
        expect(stored.map((event) => event._id as unknown)).toEqual(firstOf.map((_, index) => index + 1));
      }),
      { numRuns: 20 },
    );
  });

  it('gives two instances that commit at once distinct positions, and each event once', async () => {
    const shared = Array.from({ length: 20 }, () => changed('created', newId()));
    await Promise.all([intake.commit(shared.slice(0, 15)), intake.commit(shared.slice(5)), intake.commit(shared)]);
    const stored = await connection.collection('archive').find().sort({ _id: 1 }).toArray();
    expect(stored.map((event) => event._id as unknown)).toEqual(shared.map((_, index) => index + 1));
  });

  it('tells everyone of a new event, stored once, and only followers and creator of its changes', async () => {
    const eventId = newId();
    const stranger = { id: newId(), username: 'eve' };
    await intake.commit([registered(ada), registered(bob), registered(stranger), changed('created', eventId)]);
    await follows.follow(bob.id, eventId);
    await intake.commit([changed('updated', eventId), changed('canceled', eventId)]);
    expect(await connection.collection('notifications').countDocuments({ type: 'event.created' })).toBe(1);
    expect(await typesFor(ada.id)).toEqual(['event.canceled', 'event.updated', 'event.created']);
    expect(await typesFor(bob.id)).toEqual(['event.canceled', 'event.updated', 'event.created']);
    expect(await typesFor(stranger.id)).toEqual(['event.created']);
  });

  it('tells a creator who follows their own event once', async () => {
    const eventId = newId();
    await follows.follow(ada.id, eventId);
    await intake.commit([registered(ada), changed('updated', eventId)]);
    expect(await typesFor(ada.id)).toEqual(['event.updated']);
  });

  it('forgets the follows of a deleted event after telling its followers', async () => {
    const eventId = newId();
    await follows.follow(bob.id, eventId);
    await intake.commit([registered(bob), changed('deleted', eventId)]);
    expect(await typesFor(bob.id)).toEqual(['event.deleted']);
    expect(await connection.collection('follows').countDocuments()).toBe(0);
  });

  it('shows nobody what everyone was told before they registered', async () => {
    await intake.commit([changed('created', newId())]);
    expect(await typesFor(bob.id)).toEqual([]);
    await intake.commit([registered(bob), changed('created', newId())]);
    expect((await notifications.history(bob.id, { limit: 100 })).data).toHaveLength(1);
    expect(await notifications.unreadCount(bob.id)).toBe(1);
  });

  it('archives a foreign event and tells nobody', async () => {
    const foreign = { ...changed('created', newId()), type: 'com.acme.order.placed', data: { total: 3 } };
    expect(await intake.commit([registered(ada), foreign])).toMatchObject({ upTo: 2, notifications: [] });
  });

  it('refuses data that does not fit its type, and a type of its own that it does not know', async () => {
    const wrong = { ...changed('created', newId()), data: { event: { id: 1 } } };
    await expect(intake.commit([registered(ada), wrong])).rejects.toMatchObject({ code: 'validation-failed' });
    const unknown = { ...changed('created', newId()), type: 'usher.event.exploded' };
    await expect(intake.commit([unknown])).rejects.toMatchObject({ code: 'validation-failed' });
    expect(await archive.head()).toBe(0);
  });
});

describe('reading', () => {
  it('counts and lists what is unread, one by one and all at once', async () => {
    await intake.commit([registered(bob), ...Array.from({ length: 5 }, () => changed('created', newId()))]);
    const [newest, , third] = (await notifications.history(bob.id, { limit: 100 })).data;
    await notifications.markRead(bob.id, newest!._id);
    await notifications.markRead(bob.id, third!._id);
    await notifications.markRead(bob.id, third!._id);
    expect(await notifications.unreadCount(bob.id)).toBe(3);
    const first = await notifications.history(bob.id, { limit: 2, unread: true });
    const rest = await notifications.history(bob.id, { limit: 2, unread: true, cursor: first.next_cursor! });
    expect([...first.data, ...rest.data].map(({ position }) => position)).toEqual([5, 3, 2]);
    expect(rest.next_cursor).toBeNull();
    await notifications.markAllRead(bob.id);
    expect(await notifications.unreadCount(bob.id)).toBe(0);
    await intake.commit([changed('created', newId())]);
    expect(await notifications.unreadCount(bob.id)).toBe(1);
  });

  it('hides another user’s notification', async () => {
    await intake.commit([registered(ada), registered(bob), changed('updated', newId())]);
    const [adas] = (await notifications.history(ada.id, { limit: 1 })).data;
    await expect(notifications.markRead(bob.id, adas!._id)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('retention', () => {
  it('forgets what is too old and says up to where', async () => {
    await intake.commit([registered(bob), changed('created', newId()), changed('created', newId())]);
    now = new Date(now.getTime() + 60 * DAY_MS);
    await intake.commit([changed('created', newId())]);
    now = new Date(now.getTime() + 31 * DAY_MS);
    expect(await app.get(Retention).sweep()).toBe(2);
    expect((await notifications.history(bob.id, { limit: 100 })).data).toHaveLength(1);
    expect(await notifications.goneThrough(bob.id)).toBe(3);
    expect(await notifications.goneThrough(newId())).toBe(0);
  });
});
