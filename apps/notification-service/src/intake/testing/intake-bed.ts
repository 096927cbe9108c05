import { getConnectionToken } from '@nestjs/mongoose';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Connection } from 'mongoose';
import type { Envelope, NotificationPayload, UsherEventType } from '#contracts';
import { newId } from '#kernel';
import { createLogger, ObservabilityModule } from '#observability';
import { PersistenceModule, Transactions } from '#persistence';
import { testDatabase } from '#testing';
import {
  type BookingAction,
  bookingData,
  type BookingOf,
  changedData,
  type EventBy,
  type Person,
  reminderData,
} from '../../../test/messages.js';
import { ArchiveModule } from '../../archive/archive.module.js';
import { ArchiveRepository } from '../../archive/archive.repository.js';
import { CLOCK, CONFIG } from '../../config.js';
import { FollowsModule } from '../../follows/follows.module.js';
import { FollowsService } from '../../follows/follows.service.js';
import { NotificationsModule } from '../../notifications/notifications.module.js';
import { NotificationsService } from '../../notifications/notifications.service.js';
import { Retention } from '../../notifications/retention.js';
import { Announcer } from '../announcer.js';
import { IntakeService } from '../intake.service.js';

const START = '2026-11-20T10:00:00.000Z';

/** Intake and history over a database of their own, without a broker. */
export class IntakeBed {
  readonly connection: Connection;
  readonly intake: IntakeService;
  readonly notifications: NotificationsService;
  readonly archive: ArchiveRepository;
  readonly follows: FollowsService;
  readonly retention: Retention;

  private constructor(
    private readonly app: TestingModule,
    private readonly clock: { now: Date },
  ) {
    this.connection = app.get(getConnectionToken());
    this.intake = app.get(IntakeService);
    this.notifications = app.get(NotificationsService);
    this.archive = app.get(ArchiveRepository);
    this.follows = app.get(FollowsService);
    this.retention = app.get(Retention);
  }

  static async start(): Promise<IntakeBed> {
    const clock = { now: new Date(START) };
    const { uri, database } = testDatabase('test_intake');
    const settings = {
      module: class Settings {},
      global: true,
      providers: [
        { provide: CLOCK, useValue: { now: () => clock.now } },
        { provide: CONFIG, useValue: { NOTIFICATION_RETENTION_DAYS: 90 } },
      ],
      exports: [CLOCK, CONFIG],
    };
    const app = await Test.createTestingModule({
      imports: [
        settings,
        ObservabilityModule.forRoot({ service: 'test', logger: createLogger({ service: 'test', level: 'silent' }) }),
        PersistenceModule.forRoot({ uri, database }),
        ArchiveModule,
        NotificationsModule,
        FollowsModule,
      ],
      providers: [IntakeService, Announcer, Transactions],
    }).compile();
    await app.init();
    return new IntakeBed(app, clock);
  }

  async close(): Promise<void> {
    await this.connection.dropDatabase();
    await this.app.close();
  }

  /** As it was at the start. */
  async clear(): Promise<void> {
    this.clock.now = new Date(START);
    for (const model of Object.values(this.connection.models)) await model.deleteMany();
  }

  daysPass(days: number): void {
    this.clock.now = new Date(this.clock.now.getTime() + days * 86_400_000);
  }

  message(type: UsherEventType, data: object): Envelope {
    return {
      specversion: '1.0',
      id: newId(),
      source: '/event-service',
      type,
      time: this.clock.now.toISOString(),
      data,
    };
  }

  registered(user: Person): Envelope {
    return this.message('usher.user.registered', { user });
  }

  changed(action: 'created' | 'updated' | 'canceled' | 'completed' | 'deleted', { id, by }: EventBy): Envelope {
    return this.message(`usher.event.${action}`, changedData(id, by));
  }

  booked(action: BookingAction, booking: BookingOf): Envelope {
    return this.message(`usher.booking.${action}`, bookingData(action, booking));
  }

  reminded(event: EventBy): Envelope {
    return this.message('usher.event.reminder', reminderData(event));
  }

  /** What a person has been told, newest first. */
  async historyOf({ id }: Person): Promise<NotificationPayload[]> {
    return (await this.notifications.history(id, { limit: 100 })).data.map(({ payload }) => payload);
  }

  /** The types of what a person has been told, oldest first. */
  async toldTo(who: Person): Promise<string[]> {
    return (await this.historyOf(who)).map(({ notification_type }) => notification_type).reverse();
  }

  async followersOf({ id }: EventBy): Promise<string[]> {
    const follows = await this.connection.collection('follows').find({ event_id: id }).toArray();
    return follows.map(({ user_id }) => String(user_id));
  }
}
