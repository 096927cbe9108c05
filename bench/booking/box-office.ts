import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { SigningKey, TokenModule } from '#auth';
import { GUEST_ACTOR } from '#contracts';
import { HttpModule } from '#http';
import { newId } from '#kernel';
import { createLogger, currentContext, ObservabilityModule } from '#observability';
import { PersistenceModule } from '#persistence';
import { newEvent } from '#testing';
import { AttendeesService } from '../../apps/event-service/src/attendees/attendees.service.js';
import { newBookingCode } from '../../apps/event-service/src/bookings/booking-code.js';
import { BookingsModule } from '../../apps/event-service/src/bookings/bookings.module.js';
import { BoxOffice } from '../../apps/event-service/src/bookings/settling/box-office.js';
import { httpSettingsOf, readConfig } from '../../apps/event-service/src/config.js';
import { createEventBody } from '../../apps/event-service/src/events/events.dto.js';
import { EventsService } from '../../apps/event-service/src/events/events.service.js';
import { SettingsModule } from '../../apps/event-service/src/settings.module.js';

const creator = {
  id: newId(),
  username: 'bench',
  roles: ['user' as const],
  scopes: [],
  tokenId: '',
  expiresAt: new Date(),
};

/** Usher's own box office in this process, without HTTP, relay and broker: what one instance decides and commits. */
export class UsherBookings {
  private constructor(private readonly app: INestApplicationContext) {}

  static async open(uri: string): Promise<UsherBookings> {
    const config = readConfig({ MONGODB_URI: uri, MONGODB_DATABASE: `bench_usher_${newId()}`, LOG_LEVEL: 'silent' });
    const keys = await SigningKey.fromPem(SigningKey.newPem());
    const logger = createLogger({ service: 'bench', level: config.LOG_LEVEL });
    class BenchModule {}
    const module: DynamicModule = {
      module: BenchModule,
      imports: [
        SettingsModule.forRoot(config),
        ObservabilityModule.forRoot({ service: 'bench', logger }),
        PersistenceModule.forRoot({ uri, database: config.MONGODB_DATABASE }),
        HttpModule.forRoot(httpSettingsOf(config)),
        TokenModule.forRoot({ keys, policy: { issuer: 'bench', audience: 'bench' } }),
        BookingsModule,
      ],
    };
    return new UsherBookings(await NestFactory.createApplicationContext(module, { logger: false }));
  }

  async createEvent(capacity: number): Promise<string> {
    const details = createEventBody.parse(newEvent({ max_attendees: capacity }));
    const { id } = await this.app.get(EventsService, { strict: false }).createEvent(newId(), details, creator);
    return id;
  }

  /** Each booking registers its own guest, as an anonymous one does. */
  async book(eventId: string, index: number): Promise<void> {
    const details = { name: 'Guest', email: `guest-${index}@example.com`, phone: null, country: null, notes: null };
    const { state: attendee } = this.app.get(AttendeesService, { strict: false }).prepare(details, undefined);
    const order = { id: newId(), code: newBookingCode(), seats: 1, waitlist: false, attendee, isNewAttendee: true };
    await this.app
      .get(BoxOffice, { strict: false })
      .book(eventId, { ...order, actor: GUEST_ACTOR, context: currentContext() });
  }

  async close(): Promise<void> {
    await this.app.get<Connection>(getConnectionToken()).dropDatabase();
    await this.app.close();
  }
}
