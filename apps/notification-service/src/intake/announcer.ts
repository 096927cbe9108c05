import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import { ArchiveRepository } from '../archive/archive.repository.js';
import type { ArchivedEvent } from '../archive/archive.schema.js';
import { type FollowKey, FollowsRepository, type NewFollow } from '../follows/follows.repository.js';
import { NotificationsRepository } from '../notifications/notifications.repository.js';
import type { Notification } from '../notifications/notifications.schema.js';
import { ReadersRepository } from '../notifications/readers.repository.js';
import type { Happening } from './happening.js';
import { type Announcement, announcementOf } from './recipients.js';
import { type BookedFollow, Standings } from './standings.js';
import { type Announced, tell } from './telling.js';

/** What happened, and where in the archive it is. */
export interface ArchivedHappening {
  event: ArchivedEvent;
  happening: Happening;
}

interface AnnouncedEvent extends Announced {
  event: ArchivedEvent;
}

/** Tells people what intake has archived, and keeps what decides who hears: registrations and follows. */
@Injectable()
export class Announcer {
  constructor(
    private readonly archive: ArchiveRepository,
    private readonly notifications: NotificationsRepository,
    private readonly readers: ReadersRepository,
    private readonly follows: FollowsRepository,
  ) {}

  /** Stores, within the running transaction, what `batch` means to people; answers with what they are told. */
  async announce(batch: readonly ArchivedHappening[]): Promise<Notification[]> {
    await this.readers.register(registrationsIn(batch));
    const announced = announcedIn(batch);
    const { told, outdated, booked, ended } = tell(announced, await this.standingsFor(announced));
    const notifications = told.map(({ announced: what, userId }) => notificationFor(userId, what));
    await this.notifications.insert(notifications);
    await this.follows.removeAll(outdated.map(({ eventId, userId }) => followKey(eventId, userId)));
    await this.follows.insertAll(booked.map(({ eventId, userId, follow }) => followOf(eventId, userId, follow)));
    await this.follows.removeOf(ended);
    return notifications;
  }

  /** Reads, once for the whole batch, what its rules ask for. */
  private async standingsFor(batch: readonly Announced[]): Promise<Standings> {
    const announcements = batch.map(({ announcement }) => announcement);
    const toFollowers = announcements.filter(({ rule }) => rule.to.includes('followers'));
    const toUnaware = announcements.filter(({ rule }) => rule.to.includes('owner-unaware-of-end'));
    const ofBookings = announcements.filter(({ rule }) => rule.follows?.startsWith('booking-') === true);
    const beginning = ofBookings.filter(({ rule }) => rule.follows === 'booking-begins');
    const standings = new Standings();
    for (const { event_id, user_id } of await this.follows.ofEvents(eventsOf(toFollowers)))
      standings.of(event_id).know(user_id);
    for (const { event_id, user_id, created_at, bookings } of await this.follows.among(followsOf(ofBookings)))
      standings.of(event_id).know(user_id, bookings === undefined ? undefined : { since: created_at, bookings });
    for (const { end_of, user_id } of await this.notifications.awareOfEnd(eventsOf(toUnaware), ownersOf(toUnaware)))
      standings.of(end_of).awareOfEnd.add(user_id);
    for (const { eventId, position } of await this.archive.deletionsOf(eventsOf(beginning)))
      standings.of(eventId).deletedAt = position;
    return standings;
  }
}

const eventsOf = (announcements: readonly Announcement[]): string[] => [
  ...new Set(announcements.map(({ eventId }) => eventId)),
];

const ownersOf = (announcements: readonly Announcement[]): string[] => [
  ...new Set(announcements.flatMap(({ booking }) => (booking === null ? [] : [booking.ownerId]))),
];

/** The follows that owners of bookings may have. */
const followsOf = (announcements: readonly Announcement[]): FollowKey[] =>
  announcements.flatMap(({ eventId, booking }) => (booking === null ? [] : [followKey(eventId, booking.ownerId)]));

const announcedIn = (batch: readonly ArchivedHappening[]): AnnouncedEvent[] =>
  batch.flatMap(({ event, happening }) => {
    const { time } = event.envelope;
    const announcement = announcementOf(happening, time === undefined ? event.archived_at : new Date(time));
    if (announcement === undefined) return [];
    return [{ position: event._id, archivedAt: event.archived_at, event, announcement }];
  });

const registrationsIn = (batch: readonly ArchivedHappening[]): { userId: string; position: number }[] =>
  batch.flatMap(({ event, happening }) =>
    happening.type === 'usher.user.registered' ? [{ userId: happening.data.user.id, position: event._id }] : [],
  );

const notificationFor = (userId: string | null, { event, announcement }: AnnouncedEvent): Notification => ({
  _id: newId(),
  position: event._id,
  user_id: userId,
  type: announcement.rule.as,
  payload: announcement.payload,
  ...(announcement.rule.tellsOfEnd === true ? { end_of: announcement.eventId } : {}),
  traceparent: event.envelope.traceparent ?? null,
  created_at: event.archived_at,
});

const followKey = (eventId: string, userId: string): FollowKey => ({ event_id: eventId, user_id: userId });

const followOf = (eventId: string, userId: string, { since, bookings }: BookedFollow): NewFollow => ({
  ...followKey(eventId, userId),
  created_at: since,
  bookings: [...bookings],
});
