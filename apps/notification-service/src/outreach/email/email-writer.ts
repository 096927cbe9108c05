import { Inject, Injectable } from '@nestjs/common';
import type { Envelope, NotificationType } from '#contracts';
import type { Clock } from '#kernel';
import { CLOCK, CONFIG, type Config } from '../../config.js';
import type { Outcome, Shipment } from '../../delivery/channels/channel.js';
import type { Recipient } from '../../delivery/recipient.js';
import { Enrichment } from '../../enrichment/enrichment.service.js';
import { readHappening } from '../../intake/happening.js';
import { type Announcement, announcementOf } from '../../intake/recipients.js';
import { decide, type Preferences } from '../../preferences/preference.js';
import { PreferencesService } from '../../preferences/preferences.service.js';
import { UnsubscribeLinking } from '../../preferences/unsubscribing/unsubscribe-links.js';
import { isBookingType, type TemplateData } from '../../templates/data/template-data.js';
import { ReadyTemplates } from '../../templates/ready-templates.js';
import { LAST_RESORT } from '../../templates/template.js';
import { Calendars } from './calendars.js';
import { type Email, struckOut } from './email.js';

/** An e-mail, and which version of a template it was made from; or why there is none. */
export type Written = { kind: 'written'; email: Email; template: string } | { kind: 'not-written'; outcome: Outcome };

const UTC = 'UTC';

/** Writes the e-mail of a delivery, with all that it takes: who it is for, what they want, and what the event does not say. */
@Injectable()
export class EmailWriter {
  constructor(
    private readonly preferences: PreferencesService,
    private readonly links: UnsubscribeLinking,
    private readonly templates: ReadyTemplates,
    private readonly enrichment: Enrichment,
    private readonly calendars: Calendars,
    @Inject(CONFIG) private readonly config: Pick<Config, 'MAIL_FROM' | 'EVENT_PAGE_URL'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws a retryable `unavailable` without a database, or without event-service where it takes a calendar. */
  async write({ id, envelope, recipient, template }: Shipment): Promise<Written> {
    const announcement = announcementIn(envelope, this.clock.now());
    if (recipient === undefined || announcement === undefined) return notWritten(NOTHING_TO_SAY);
    const type = announcement.rule.as;
    const preferences = await this.preferences.read(recipient.id);
    if (!this.isWanted(type, preferences)) return notWritten(NOT_WANTED);
    const contact = await this.enrichment.contactOf(recipient);
    if (contact.kind === 'missing') return notWritten(NOBODY_THERE);
    if (contact.kind === 'unavailable') return notWritten(notYet('how to reach the recipient', contact.retryAfter));

    const { email: to, name, account } = contact.data;
    const locale = preferences.locale ?? account?.locale ?? LAST_RESORT;
    const ready = await this.templateFor(type, locale, template);
    const booked = isBookingType(type) ? isBookedBy(recipient, announcement) : undefined;
    const unsubscribe = this.links.linksFor(recipient.id, type);
    const data = this.dataOf(announcement, { name, booked, unsubscribe: unsubscribe.url });
    const enriched = await this.enrichment.enrich(ready.needs, { data, envelope });
    if (enriched.kind !== 'complete')
      return notWritten(notYet('what the event is like', 'retryAfter' in enriched ? enriched.retryAfter : undefined));
    const calendar = booked === true ? await this.calendarFor(announcement) : undefined;
    const timeZone = preferences.quiet_hours?.timezone ?? account?.timezone ?? enriched.data.event.timezone ?? UTC;
    const message = ready.render(enriched.data, { locale, timeZone });
    const from = this.config.MAIL_FROM;
    const email = { id, from, to, message, unsubscribe: unsubscribe.headers, calendar };
    return { kind: 'written', email, template: ready.id };
  }

  /** They may have changed their mind since it was decided; when it is quiet for them was settled then. */
  private isWanted(type: NotificationType, preferences: Preferences): boolean {
    const decision = decide(preferences, { type, channel: 'email', hasDevice: false, now: this.clock.now() });
    return decision.kind !== 'skip' || decision.reason !== 'preference';
  }

  /** A repeated attempt says what the first one said. */
  private templateFor(type: NotificationType, locale: string, known: string | undefined) {
    if (known !== undefined) return this.templates.version<'email'>(known);
    return this.templates.forReader(type, 'email', locale);
  }

  private dataOf(
    { payload, eventId }: Announcement,
    { name, booked, unsubscribe }: { name: string; booked: boolean | undefined; unsubscribe: string },
  ): TemplateData {
    const { event, booking, user, message, notification_type: type } = payload;
    const page = this.config.EVENT_PAGE_URL.replaceAll('{id}', eventId);
    return {
      event,
      ...(booking === undefined ? {} : { booking }),
      user,
      ...(message === undefined ? {} : { message }),
      reader: { name, ...(booked === undefined ? {} : { booked }) },
      links: { ...(type === 'workflow.message' ? {} : { event: page }), unsubscribe },
    };
  }

  /** For whoever has got, or lost, a place. */
  private async calendarFor({ payload, eventId }: Announcement): Promise<string | undefined> {
    switch (payload.notification_type) {
      case 'booking.confirmed':
      case 'booking.promoted':
        return this.calendars.of(eventId);
      case 'booking.canceled': {
        const calendar = await this.calendars.of(eventId);
        return calendar === undefined ? undefined : struckOut(calendar);
      }
      default:
        return undefined;
    }
  }
}

/** Nothing of these says anything against the mail server: it has not been asked yet. */
const failure = (error: string) => ({ stage: 'prepare', error, destination: 'unknown' }) as const;

const NOTHING_TO_SAY: Outcome = { kind: 'permanent', ...failure('It is nothing that people are told of.') };
const NOT_WANTED: Outcome = {
  kind: 'needless',
  ...failure('The recipient does not want e-mails of this type any more.'),
};
const NOBODY_THERE: Outcome = { kind: 'needless', ...failure('The recipient does not exist any more.') };

const notYet = (what: string, retryAfter: number | undefined): Outcome => ({
  kind: 'retryable',
  ...failure(`It could not be found out ${what}.`),
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

/** For what could not be written for any other reason. */
export const NOT_WRITTEN: Outcome = { kind: 'retryable', ...failure('The e-mail could not be written.') };

const notWritten = (outcome: Outcome): Written => ({ kind: 'not-written', outcome });

function announcementIn(envelope: Envelope, now: Date): Announcement | undefined {
  const happening = readHappening(envelope);
  return happening && announcementOf(happening, envelope.time === undefined ? now : new Date(envelope.time));
}

const isBookedBy = ({ kind, id }: Recipient, { booking }: Announcement): boolean =>
  kind === 'attendee' || booking?.ownerId === id;
