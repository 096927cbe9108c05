import { z } from 'zod';
import {
  localeSchema,
  NOTIFICATION_TYPES,
  type NotificationType,
  notificationTypeSchema,
  timestampSchema,
  timezoneSchema,
} from '#contracts';
import { inEffect, NOTIFICATION_CHANNELS, type Preferences } from './preference.js';
import { QUIET_MODES } from './quiet-hours.js';

const channelSchema = z.enum(NOTIFICATION_CHANNELS);

const choices = z
  .partialRecord(notificationTypeSchema, z.partialRecord(channelSchema, z.boolean()))
  .describe('What the caller has chosen, by type and channel; for everything else the defaults hold');

const byChannel = z.object({ socket: z.boolean(), email: z.boolean(), push: z.boolean() });

const effective = z
  .object(
    Object.fromEntries(NOTIFICATION_TYPES.map((type) => [type, byChannel])) as Record<
      NotificationType,
      typeof byChannel
    >,
  )
  .describe('What holds for every type and channel, defaults filled in; nothing is pushed without a device');

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as 22:00');

const quietHours = z.strictObject({
  from: timeOfDay,
  to: timeOfDay.describe('Before `from`: on the next day. The same as `from`: no quiet hours'),
  timezone: timezoneSchema,
  mode: z
    .enum(QUIET_MODES)
    .describe('Whether what falls into the quiet hours is sent at their end, or not at all; history has it either way'),
});

const EXAMPLE = {
  types: { 'event.created': { email: true }, 'booking.checked_in': { socket: false } },
  quiet_hours: { from: '22:00', to: '07:00', timezone: 'Europe/Lisbon', mode: 'queue' as const },
  locale: 'pt-PT',
};

/** What is left out is as if it had never been said. */
export const preferencesBody = z
  .strictObject({
    types: choices.default({}),
    quiet_hours: quietHours.nullable().default(null),
    locale: localeSchema.nullable().default(null),
  })
  .meta({ id: 'PreferenceSettings', examples: [EXAMPLE] });

export const preferencesAnswer = z
  .object({
    types: choices,
    effective,
    quiet_hours: quietHours.nullable(),
    locale: z.string().nullable().describe('BCP 47; null where the caller has named none'),
    updated_at: timestampSchema.nullable().describe('Null where nothing has ever been chosen'),
  })
  .meta({ id: 'Preferences' });

export const presentPreferences = (
  preferences: Preferences,
  hasDevice: boolean,
): z.infer<typeof preferencesAnswer> => ({
  types: preferences.types,
  effective: inEffect(preferences, hasDevice),
  quiet_hours: preferences.quiet_hours,
  locale: preferences.locale,
  updated_at: preferences.updated_at?.toISOString() ?? null,
});
