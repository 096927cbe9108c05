import { z } from 'zod';
import { idSchema, notificationPayloadSchema, notificationTypeSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { NOTIFICATION_EXAMPLES } from './examples.js';
import type { ReadNotification } from './notifications.service.js';

export const notificationSchema = z.object({
  id: idSchema,
  position: z.int().describe('Archive position; ascending, the same everywhere'),
  read: z.boolean(),
  payload: notificationPayloadSchema.meta({ examples: [NOTIFICATION_EXAMPLES['Somebody has booked']] }),
  created_at: timestampSchema,
});

export const historyQuery = z.strictObject({
  ...pageQuery,
  unread: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .describe('Only what is unread'),
  type: notificationTypeSchema.optional().describe('Only this type'),
});

export const unreadCountSchema = z.object({ unread: z.int() });

export const presentNotification = (notification: ReadNotification): z.infer<typeof notificationSchema> => ({
  id: notification._id,
  position: notification.position,
  read: notification.read,
  payload: notification.payload,
  created_at: notification.created_at.toISOString(),
});
