import {
  type Envelope,
  type EventChangedV1,
  type NotificationPayload,
  type NotificationType,
  type UsherEventType,
} from '#contracts';

/** What an archived event asks to be told, and to whom. */
export interface Announcement {
  type: NotificationType;
  payload: NotificationPayload;
  /** Everyone, or whoever follows the event together with its creator. */
  audience: { everyone: true } | { everyone: false; eventId: string; creatorId: string };
}

/** Which of Usher's own events are told as which notification, and to whom. */
const ANNOUNCED = {
  'usher.event.created': { type: 'event.created', everyone: true },
  'usher.event.updated': { type: 'event.updated', everyone: false },
  'usher.event.canceled': { type: 'event.canceled', everyone: false },
  'usher.event.completed': { type: 'event.completed', everyone: false },
  'usher.event.deleted': { type: 'event.deleted', everyone: false },
} as const satisfies Partial<Record<UsherEventType, { type: NotificationType; everyone: boolean }>>;

type AnnouncedType = keyof typeof ANNOUNCED;

export const isAnnounced = (type: string): type is AnnouncedType => Object.hasOwn(ANNOUNCED, type);

/** What `envelope` says to people; `data` is its data, already checked against its schema. */
export function announce(type: AnnouncedType, envelope: Envelope, data: EventChangedV1): Announcement {
  const { type: notificationType, everyone } = ANNOUNCED[type];
  const { event, actor } = data;
  return {
    type: notificationType,
    payload: {
      type: 'notification',
      notification_type: notificationType,
      event: {
        id: event.id,
        title: event.title,
        action: notificationType.slice('event.'.length),
        timestamp: envelope.time === undefined ? event.updated_at : new Date(envelope.time).toISOString(),
      },
      user: actor.username,
    },
    audience: everyone ? { everyone: true } : { everyone: false, eventId: event.id, creatorId: event.created_by.id },
  };
}

/** The people that an audience names, each once. */
export const recipientsOf = (creatorId: string, followers: readonly string[]): string[] => [
  ...new Set([creatorId, ...followers]),
];
