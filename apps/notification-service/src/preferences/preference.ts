import { NOTIFICATION_TYPES, type NotificationType } from '#contracts';
import { endOfQuiet, type QuietHours } from './quiet-hours.js';

/** The ways in which a person can be told of something. */
export const NOTIFICATION_CHANNELS = ['socket', 'email', 'push'] as const;
export type NotificationChannel = (typeof NOTIFICATION_CHANNELS)[number];

/** What somebody has chosen; where they have not, the defaults hold. */
export type Choices = Partial<Record<NotificationType, Partial<Record<NotificationChannel, boolean>>>>;

export interface Choice {
  type: NotificationType;
  channel: NotificationChannel;
  on: boolean;
}

/** What a person can say about how they want to be told. */
export interface PreferenceSettings {
  types: Choices;
  quiet_hours: QuietHours | null;
  /** A canonical BCP 47 tag. */
  locale: string | null;
}

export interface Preferences extends PreferenceSettings {
  /** Whose: a user's id, or that of an attendee who has booked without an account. */
  id: string;
  /** 0 for whoever has never said anything. */
  version: number;
  updated_at: Date | null;
}

/** That there is something to be told by one channel, now. */
export interface Occasion {
  type: NotificationType;
  channel: NotificationChannel;
  /** Whether there is anything that could be pushed to. */
  hasDevice: boolean;
  now: Date;
}

/** Whether one person gets one notification by one channel, and why not, or not yet. */
export type Decision =
  | { kind: 'send' }
  | { kind: 'queue'; until: Date; reason: 'quiet-hours' }
  | { kind: 'skip'; reason: 'preference' | 'no-device' | 'quiet-hours' };

/** Of these people hear while they are not looking, unless they say otherwise: bookings, cancellations and reminders. */
const WORTH_A_MESSAGE: ReadonlySet<NotificationType> = new Set([
  'booking.confirmed',
  'booking.waitlisted',
  'booking.promoted',
  'booking.canceled',
  'event.canceled',
  'event.deleted',
  'event.reminder',
]);

export const defaultPreferences = (id: string): Preferences => ({
  id,
  types: {},
  quiet_hours: null,
  locale: null,
  version: 0,
  updated_at: null,
});

/** The same object where nothing changes. */
export function replaceSettings(state: Preferences, settings: PreferenceSettings, now: Date): Preferences {
  if (textOf(settings) === textOf(state)) return state;
  const { quiet_hours, locale } = settings;
  const types = choicesOf(chosenIn(settings.types));
  return { ...state, types, quiet_hours, locale, version: state.version + 1, updated_at: now };
}

/** As somebody wants it who follows the link in an e-mail of that type. The same object where they had it already. */
export function unsubscribe(state: Preferences, type: NotificationType, now: Date): Preferences {
  const types = { ...state.types, [type]: { ...state.types[type], email: false } };
  return replaceSettings(state, { ...state, types }, now);
}

/** Whether one notification of that type is sent by that channel, as far as the person is concerned. */
export function decide(preferences: Preferences, { type, channel, hasDevice, now }: Occasion): Decision {
  if (!isWanted(preferences, type, channel)) return { kind: 'skip', reason: 'preference' };
  if (channel === 'push' && !hasDevice) return { kind: 'skip', reason: 'no-device' };
  // Whoever has a page open is up, and it makes no noise.
  if (channel === 'socket' || preferences.quiet_hours === null) return { kind: 'send' };
  const until = endOfQuiet(preferences.quiet_hours, now);
  if (until === undefined) return { kind: 'send' };
  if (preferences.quiet_hours.mode === 'skip') return { kind: 'skip', reason: 'quiet-hours' };
  return { kind: 'queue', until, reason: 'quiet-hours' };
}

/** What holds for every type and channel, quiet hours apart: without a device nothing is pushed. */
export function inEffect(
  preferences: Preferences,
  hasDevice: boolean,
): Record<NotificationType, Record<NotificationChannel, boolean>> {
  return mapKeys(NOTIFICATION_TYPES, (type) =>
    mapKeys(
      NOTIFICATION_CHANNELS,
      (channel) => isWanted(preferences, type, channel) && (channel !== 'push' || hasDevice),
    ),
  );
}

/** The types of which an open connection brings nothing. */
export const mutedLive = (preferences: Preferences): NotificationType[] =>
  NOTIFICATION_TYPES.filter((type) => !isWanted(preferences, type, 'socket'));

/** Push goes by the same defaults as e-mail. */
const isWanted = ({ types }: Preferences, type: NotificationType, channel: NotificationChannel): boolean =>
  types[type]?.[channel] ?? (channel === 'socket' || WORTH_A_MESSAGE.has(type));

/** The choices one by one, in the order of types and channels. */
export const chosenIn = (types: Choices): Choice[] =>
  NOTIFICATION_TYPES.flatMap((type) =>
    NOTIFICATION_CHANNELS.flatMap((channel) => {
      const on = types[type]?.[channel];
      return on === undefined ? [] : [{ type, channel, on }];
    }),
  );

export function choicesOf(chosen: readonly Choice[]): Choices {
  const types: Choices = {};
  for (const { type, channel, on } of chosen) types[type] = { ...types[type], [channel]: on };
  return types;
}

/** The same text for the same settings. */
const textOf = ({ types, quiet_hours: quiet, locale }: PreferenceSettings): string =>
  JSON.stringify([chosenIn(types), quiet && [quiet.from, quiet.to, quiet.timezone, quiet.mode], locale]);

const mapKeys = <K extends string, V>(keys: readonly K[], valueOf: (key: K) => V): Record<K, V> =>
  Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<K, V>;
