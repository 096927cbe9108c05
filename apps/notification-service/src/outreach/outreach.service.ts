import { Inject, Injectable } from '@nestjs/common';
import { type Clock, inBatches } from '#kernel';
import type { ArchivedEvent } from '../archive/archive.schema.js';
import { CLOCK } from '../config.js';
import type { PersonalDelivery } from '../delivery/deliveries.repository.js';
import { DeliveriesToPeople } from '../delivery/deliveries-to-people.js';
import { type Happening, readHappening } from '../intake/happening.js';
import { announcementOf } from '../intake/recipients.js';
import { NotificationsRepository } from '../notifications/notifications.repository.js';
import { PreferencesService } from '../preferences/preferences.service.js';
import { MAIL_SERVER_ID, MailServer } from './email/mail-server.js';
import { guestChangeOf } from './guests/guest.js';
import { GuestsRepository } from './guests/guests.repository.js';
import { dueAt, guestOf, isStale, type Told } from './outreach.js';

const PEOPLE_AT_ONCE = 500;

interface Happened {
  event: ArchivedEvent;
  happening: Happening;
}

/** Makes the messages by which people hear of what happened while they are not looking, as far as they want any. */
@Injectable()
export class Outreach {
  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly guests: GuestsRepository,
    private readonly preferences: PreferencesService,
    private readonly deliveries: DeliveriesToPeople,
    private readonly mailServer: MailServer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Of `events`, which follow one another in the archive. Idempotent: nobody gets two messages of one event by one channel,
   * however often it is called. Holds some hundred people at a time. Answers how many messages people are to get.
   */
  async reach(events: readonly ArchivedEvent[]): Promise<number> {
    const now = this.clock.now();
    await this.guests.note(happeningsOf(events).flatMap(({ happening }) => guestChangeOf(happening) ?? []));
    const fresh = events.filter(({ archived_at }) => !isStale(archived_at, now));
    if (fresh.length === 0 || !this.mailServer.isOn) return 0;
    const byPosition = new Map(fresh.map((event) => [event._id, event]));
    let messages = 0;
    for await (const told of inBatches(this.tellings(fresh), PEOPLE_AT_ONCE)) {
      const wanted = await this.wantedOf(told, now);
      const made = wanted.flatMap((one) => deliveryOf(one, byPosition));
      await this.deliveries.make(made);
      messages += made.length;
    }
    return messages;
  }

  /** Who is told of what: guests, by their bookings and of what they are reminded of, and all whom a notification is for. Of what everybody is told, those who have asked for it. */
  private async *tellings(events: readonly ArchivedEvent[]): AsyncGenerator<Told> {
    const happenings = happeningsOf(events);
    yield* happenings.flatMap(guestsIn);
    yield* this.reminded(happenings);
    const positions = events.map(({ _id }) => _id);
    for await (const { position, type, user_id } of this.notifications.toldAt(positions)) {
      if (user_id !== null) yield { position, type, recipient: { kind: 'user', id: user_id } };
      else
        for await (const id of this.preferences.whoWants(type, 'email'))
          yield { position, type, recipient: { kind: 'user', id } };
    }
  }

  private async *reminded(happenings: readonly Happened[]): AsyncGenerator<Told> {
    const reminders = new Map(
      happenings.flatMap(({ event, happening }) =>
        happening.type === 'usher.event.reminder' ? [[happening.data.event.id, event._id]] : [],
      ),
    );
    for await (const { event_id, attendee_id: id } of this.guests.goingTo([...reminders.keys()])) {
      const position = reminders.get(event_id);
      if (position !== undefined) yield { position, type: 'event.reminder', recipient: { kind: 'attendee', id } };
    }
  }

  private async wantedOf(told: readonly Told[], now: Date): Promise<(Told & { due: Date })[]> {
    const preferences = await this.preferences.forUsers([...new Set(told.map(({ recipient }) => recipient.id))]);
    return told.flatMap((one) => {
      const theirs = preferences.get(one.recipient.id);
      const due = theirs && dueAt(theirs, { type: one.type, channel: 'email' }, now);
      return due === undefined ? [] : [{ ...one, due }];
    });
  }
}

const happeningsOf = (events: readonly ArchivedEvent[]): Happened[] =>
  events.flatMap((event) => {
    const happening = readHappening(event.envelope);
    return happening === undefined ? [] : [{ event, happening }];
  });

function guestsIn({ event: { _id: position, archived_at }, happening }: Happened): Told[] {
  const recipient = guestOf(happening);
  const announcement = announcementOf(happening, archived_at);
  if (recipient === undefined || announcement === undefined) return [];
  return [{ position, type: announcement.rule.as, recipient }];
}

function deliveryOf(
  { position, recipient, due }: Told & { due: Date },
  events: ReadonlyMap<number, ArchivedEvent>,
): PersonalDelivery[] {
  const event = events.get(position);
  if (event === undefined) return [];
  const { id, source, type, subject } = event;
  return [
    {
      channel: 'email',
      subscription_id: MAIL_SERVER_ID,
      recipient,
      event: { position, id, source, type, subject },
      due,
    },
  ];
}
