import { type DynamicModule, Module } from '@nestjs/common';
import type { Email } from 'postal-mime';
import type { Envelope, EventResource, UsherEventType } from '#contracts';
import { HTTP_SETTINGS } from '#http';
import { newId } from '#kernel';
import { Transactions } from '#persistence';
import {
  type BookingAction,
  bookingData,
  type BookingOf,
  changedData,
  type EventBy,
  type Person,
} from '../../../test/messages.js';
import { ArchiveModule } from '../../archive/archive.module.js';
import { type Config, readConfig } from '../../config.js';
import type { Delivery } from '../../delivery/delivery.js';
import { DeliveryBed } from '../../delivery/testing/delivery-bed.js';
import { EventServiceStandIn } from '../../enrichment/testing/event-service-stand-in.js';
import { FollowsModule } from '../../follows/follows.module.js';
import { Announcer } from '../../intake/announcer.js';
import { IntakeService } from '../../intake/intake.service.js';
import { NotificationsModule } from '../../notifications/notifications.module.js';
import { PreferencesService } from '../../preferences/preferences.service.js';
import { MAIL_SERVER_ID } from '../email/mail-server.js';
import { OutreachModule } from '../outreach.module.js';
import { SmtpReceiver } from './smtp-receiver.js';

/** Intake without its queue. */
@Module({
  imports: [ArchiveModule, NotificationsModule, FollowsModule],
  providers: [IntakeService, Announcer, Transactions],
})
class TellingModule {}

const httpSettings: DynamicModule = {
  module: class HttpSettings {},
  global: true,
  providers: [{ provide: HTTP_SETTINGS, useValue: { publicUrl: 'https://usher.example' } }],
  exports: [HTTP_SETTINGS],
};

const CALENDAR = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'BEGIN:VEVENT',
  'UID:1@usher',
  'STATUS:CONFIRMED',
  'TRANSP:OPAQUE',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

/** From what intake takes in to a real mail server, with a stand-in for event-service. */
export class OutreachBed {
  private constructor(
    readonly delivery: DeliveryBed,
    readonly eventService: EventServiceStandIn,
    readonly smtp: SmtpReceiver,
  ) {}

  static async start(): Promise<OutreachBed> {
    const [eventService, smtp] = await Promise.all([EventServiceStandIn.start(), SmtpReceiver.start()]);
    const config: Config = readConfig({
      NODE_ENV: 'test',
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Usher <usher@mail.example>',
      EVENT_PAGE_URL: 'https://events.example/{id}',
      EVENT_SERVICE_URL: eventService.url,
      SERVICE_CLIENT_ID: eventService.client.id,
      SERVICE_CLIENT_SECRET: eventService.client.secret,
    });
    const delivery = await DeliveryBed.startWith(config, OutreachModule, TellingModule, httpSettings);
    return new OutreachBed(delivery, eventService, smtp);
  }

  async close(): Promise<void> {
    await this.delivery.close();
    await Promise.all([this.eventService.close(), this.smtp.close()]);
  }

  /** Somebody with an account, whom event-service knows. */
  person(username: string): Person {
    return { ...this.eventService.person(), username };
  }

  addressOf({ id }: { id: string }): string {
    return this.eventService.people.get(id) ?? '';
  }

  /** An event that event-service knows, with its calendar. */
  event(members: Partial<EventResource> = {}): EventBy & { resource: EventResource } {
    const by = this.person('grace');
    const id = newId();
    const resource = { ...changedData(id, by).event, location: 'Lisbon', timezone: 'Europe/Lisbon', ...members };
    this.eventService.events.set(id, resource);
    this.eventService.calendars.set(id, CALENDAR);
    return { id, by, resource };
  }

  /** Takes it in as if it had come off the bus. */
  async happens(type: UsherEventType, data: object): Promise<Envelope> {
    const time = this.delivery.now().toISOString();
    const envelope: Envelope = { specversion: '1.0', id: newId(), source: '/event-service', type, time, data };
    await this.delivery.app.get(IntakeService).commit([envelope]);
    return envelope;
  }

  /** Somebody books, cancels …; guests without an account where there is no owner. Answers the attendee. */
  async booked(
    action: BookingAction,
    booking: BookingOf & { event: EventBy & { resource: EventResource } },
  ): Promise<{ id: string }> {
    const data = bookingData(action, booking);
    const { id } = this.eventService.person(data.booking.attendee_id);
    await this.happens(`usher.booking.${action}`, {
      ...data,
      event: { ...data.event, title: booking.event.resource.title },
    });
    return { id };
  }

  get preferences(): PreferencesService {
    return this.delivery.app.get(PreferencesService);
  }

  /** Oldest first. */
  async deliveriesTo({ id }: { id: string }): Promise<Delivery[]> {
    const all = await this.delivery.deliveriesTo({ id: MAIL_SERVER_ID });
    return all.filter(({ recipient }) => recipient?.id === id);
  }

  async mailsTo(who: { id: string }): Promise<Email[]> {
    return this.smtp.mailsTo(this.addressOf(who));
  }
}
