import type { NotificationPayload, NotificationType, UsherEventType, WorkflowNotifiedV1 } from '#contracts';
import type { Happening } from './happening.js';

/** Those whom a rule means, of the people around an event and a booking. */
type Audience =
  | 'everyone'
  | 'followers'
  | 'creator'
  | 'owner'
  /** The booking's owner, where they have not heard of the event's end already. */
  | 'owner-unaware-of-end'
  /** Whoever the happening itself names. */
  | 'named';

interface Rule {
  as: NotificationType;
  to: readonly Audience[];
  /** Whoever is told of it knows that the event is canceled or deleted. */
  tellsOfEnd?: true;
  /**
   * What it does to the event's follows: its booking makes the owner follow, or no longer does, or all of them are
   * dropped.
   */
  follows?: 'booking-begins' | 'booking-ends' | 'all-end';
}

/** Who is told of what. Types that are not here are archived and told to nobody. */
const RULES = {
  'usher.event.created': { as: 'event.created', to: ['everyone'] },
  'usher.event.updated': { as: 'event.updated', to: ['creator', 'followers'] },
  'usher.event.completed': { as: 'event.completed', to: ['creator', 'followers'] },
  'usher.event.canceled': { as: 'event.canceled', to: ['creator', 'followers'], tellsOfEnd: true },
  'usher.event.deleted': { as: 'event.deleted', to: ['creator', 'followers'], tellsOfEnd: true, follows: 'all-end' },
  'usher.event.reminder': { as: 'event.reminder', to: ['followers'] },
  'usher.booking.confirmed': { as: 'booking.confirmed', to: ['creator', 'owner'], follows: 'booking-begins' },
  'usher.booking.waitlisted': { as: 'booking.waitlisted', to: ['creator', 'owner'], follows: 'booking-begins' },
  'usher.booking.promoted': { as: 'booking.promoted', to: ['creator', 'owner'] },
  'usher.booking.canceled': { as: 'booking.canceled', to: ['creator', 'owner'], follows: 'booking-ends' },
  'usher.booking.checked_in': { as: 'booking.checked_in', to: ['creator', 'owner'] },
  'usher.workflow.notified': { as: 'workflow.message', to: ['named'] },
} as const satisfies Partial<Record<UsherEventType, Rule>>;

/**
 * The rule for `usher.booking.canceled` where it follows from the event's own cancellation or deletion. Follows stay: of
 * a canceled event there may still be its deletion to hear of.
 */
const CANCELED_WITH_ITS_EVENT: Rule = { as: 'booking.canceled', to: ['owner-unaware-of-end'], tellsOfEnd: true };

type Announceable = Extract<Happening, { type: keyof typeof RULES }>;

/** A booking that somebody with an account made. */
export interface OwnedBooking {
  id: string;
  ownerId: string;
}

/** What a happening has to tell, and to whom. */
export interface Announcement {
  rule: Rule;
  payload: NotificationPayload;
  /** What it is about: a managed event, or the run of a workflow. */
  eventId: string;
  /** Null where it is not about an event. */
  creatorId: string | null;
  /** Null where there is none, or nobody with an account made it. */
  booking: OwnedBooking | null;
  /** Whom the happening names; nobody where it goes by who has to do with an event. */
  named: readonly string[];
}

/** Who listens to one event. */
export interface Listeners {
  followers: ReadonlySet<string>;
  /** Who have been told that it is canceled or deleted. */
  awareOfEnd: ReadonlySet<string>;
}

/** What `happening` at the time `at` tells people; undefined where it tells nobody. */
export function announcementOf(happening: Happening, at: Date): Announcement | undefined {
  if (!isAnnounced(happening)) return undefined;
  if (happening.type === 'usher.workflow.notified') return messageOf(happening.data, at);
  const { data } = happening;
  const rule = ruleFor(happening);
  const booking = 'booking' in data ? data.booking : undefined;
  return {
    rule,
    payload: {
      type: 'notification',
      notification_type: rule.as,
      event: {
        id: data.event.id,
        title: data.event.title,
        action: rule.as.slice(rule.as.indexOf('.') + 1),
        timestamp: at.toISOString(),
      },
      ...(booking === undefined ? {} : { booking: { id: booking.id, status: booking.status } }),
      user: data.actor.username,
    },
    eventId: data.event.id,
    creatorId: data.event.created_by.id,
    booking: typeof booking?.owner_id === 'string' ? { id: booking.id, ownerId: booking.owner_id } : null,
    named: [],
  };
}

/** The one announcement that says what somebody wrote. */
function messageOf({ run, event_id, title, message, users, actor }: WorkflowNotifiedV1, at: Date): Announcement {
  const rule = RULES['usher.workflow.notified'];
  const eventId = event_id ?? run.id;
  return {
    rule,
    payload: {
      type: 'notification',
      notification_type: rule.as,
      event: { id: eventId, title, action: 'message', timestamp: at.toISOString() },
      message,
      user: actor.username,
    },
    eventId,
    creatorId: null,
    booking: null,
    named: users,
  };
}

/** The people whom `announcement` is for, each once; null stands for everyone. */
export function recipientsOf(announcement: Announcement, listeners: Listeners): (string | null)[] {
  return [...new Set(announcement.rule.to.flatMap((audience) => membersOf(audience, announcement, listeners)))];
}

const isAnnounced = (happening: Happening): happening is Announceable => Object.hasOwn(RULES, happening.type);

function ruleFor({ type, data }: Exclude<Announceable, { type: 'usher.workflow.notified' }>): Rule {
  if (type !== 'usher.booking.canceled') return RULES[type];
  const { cancellation_reason: reason } = data.booking;
  return reason === 'event-canceled' || reason === 'event-deleted' ? CANCELED_WITH_ITS_EVENT : RULES[type];
}

function membersOf(
  audience: Audience,
  { creatorId, booking, named }: Announcement,
  { followers, awareOfEnd }: Listeners,
): (string | null)[] {
  const owner = booking === null ? [] : [booking.ownerId];
  switch (audience) {
    case 'everyone':
      return [null];
    case 'followers':
      return [...followers];
    case 'creator':
      return creatorId === null ? [] : [creatorId];
    case 'owner':
      return owner;
    case 'owner-unaware-of-end':
      // The creator hears of every end, however long ago that was.
      return owner.filter((userId) => userId !== creatorId && !awareOfEnd.has(userId));
    case 'named':
      return [...named];
    default:
      return audience satisfies never;
  }
}
