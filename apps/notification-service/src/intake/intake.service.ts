import { Inject, Injectable } from '@nestjs/common';
import { type Envelope, type EventChangedV1, isUsherEventType, parseData } from '#contracts';
import { type Clock, newId, UsherError } from '#kernel';
import { LOGGER, type Logger, Metrics } from '#observability';
import { Transactions } from '#persistence';
import { ArchiveRepository } from '../archive/archive.repository.js';
import type { ArchivedEvent } from '../archive/archive.schema.js';
import { CLOCK } from '../config.js';
import { FollowsRepository } from '../follows/follows.repository.js';
import { NotificationsRepository } from '../notifications/notifications.repository.js';
import type { Notification } from '../notifications/notifications.schema.js';
import { ReadersRepository } from '../notifications/readers.repository.js';
import { type Announcement, announce, isAnnounced, recipientsOf } from './recipients.js';

/** What one commit of intake did; empty where every message was known already. */
export interface Committed {
  /** The positions above `after`, up to and including `upTo`. */
  after: number;
  upTo: number;
  notifications: Notification[];
}

/** Takes what comes off the bus, in order, into the archive, and decides who is told. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly transactions: Transactions,
    private readonly archive: ArchiveRepository,
    private readonly notifications: NotificationsRepository,
    private readonly readers: ReadersRepository,
    private readonly follows: FollowsRepository,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Archives `batch` in its order and stores what it tells people, all in one transaction; an event that is archived
   * already has no effect. Throws a retryable `unavailable` when MongoDB is out of reach and `validation-failed`, for
   * good, when a message does not fit its own schema.
   */
  async commit(batch: readonly Envelope[]): Promise<Committed> {
    for (const envelope of batch) assertReadable(envelope);
    const committed = await this.transactions.run(async () => {
      const fresh = await this.archive.withoutKnown(batch);
      if (fresh.length === 0) {
        const head = await this.archive.head();
        return { after: head, upTo: head, notifications: [] };
      }
      const archived = await this.archive.append(fresh, this.clock.now());
      await this.readers.register(registrationsIn(archived));
      const notifications = await this.tell(archived);
      await this.follows.removeOf(deletedIn(archived));
      return positionsOf(archived, notifications);
    });
    this.report(batch.length, committed);
    return committed;
  }

  /** Stores the notifications that `archived` gives rise to. */
  private async tell(archived: readonly ArchivedEvent[]): Promise<Notification[]> {
    const announcements = archived.flatMap((event) => {
      const announcement = announcementOf(event.envelope);
      return announcement === undefined ? [] : [{ event, announcement }];
    });
    const followers = await this.follows.followersOf(
      announcements.flatMap(({ announcement: { audience } }) => (audience.everyone ? [] : [audience.eventId])),
    );
    const notifications = announcements.flatMap(({ event, announcement }) => {
      const { audience } = announcement;
      const users = audience.everyone
        ? [null]
        : recipientsOf(audience.creatorId, followers.get(audience.eventId) ?? []);
      return users.map((userId) => notificationFor(userId, event, announcement));
    });
    await this.notifications.insert(notifications);
    return notifications;
  }

  private report(received: number, { after, upTo, notifications }: Committed): void {
    const archived = upTo - after;
    this.metrics.count('usher_intake_archived_total', { outcome: 'archived' }, archived);
    this.metrics.count('usher_intake_archived_total', { outcome: 'duplicate' }, received - archived);
    this.logger.info(
      { received, archived, after, up_to: upTo, notifications: notifications.length },
      'intake.committed',
    );
  }
}

/** Throws `validation-failed` for one of Usher's own types whose data does not fit its schema. */
function assertReadable({ type, data }: Envelope): void {
  if (!type.startsWith('usher.')) return;
  if (!isUsherEventType(type)) throw new UsherError('validation-failed', `There is no type ${type}.`);
  try {
    parseData(type, data);
  } catch (error) {
    throw new UsherError('validation-failed', `The data of ${type} does not fit its schema.`, { cause: error });
  }
}

function announcementOf(envelope: Envelope): Announcement | undefined {
  const { type, data } = envelope;
  return isAnnounced(type) ? announce(type, envelope, parseData(type, data) satisfies EventChangedV1) : undefined;
}

const notificationFor = (
  userId: string | null,
  event: ArchivedEvent,
  { type, payload }: Announcement,
): Notification => ({
  _id: newId(),
  position: event._id,
  user_id: userId,
  type,
  payload,
  traceparent: event.envelope.traceparent ?? null,
  created_at: event.archived_at,
});

const registrationsIn = (archived: readonly ArchivedEvent[]): { userId: string; position: number }[] =>
  archived
    .filter(({ type }) => type === 'usher.user.registered')
    .map(({ _id, envelope }) => ({
      userId: parseData('usher.user.registered', envelope.data).user.id,
      position: _id,
    }));

const deletedIn = (archived: readonly ArchivedEvent[]): string[] =>
  archived
    .filter(({ type }) => type === 'usher.event.deleted')
    .map(({ envelope }) => parseData('usher.event.deleted', envelope.data).event.id);

const positionsOf = (archived: readonly ArchivedEvent[], notifications: Notification[]): Committed => {
  const upTo = archived.at(-1)?._id ?? 0;
  return { after: upTo - archived.length, upTo, notifications };
};
