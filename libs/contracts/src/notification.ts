import { z } from 'zod';
import { bookingStatusSchema } from './events/booking.js';
import { idSchema, timestampSchema } from './primitives.js';

export const NOTIFICATION_TYPES = [
  'event.created',
  'event.updated',
  'event.deleted',
  'event.canceled',
  'event.completed',
  'event.reminder',
  'booking.confirmed',
  'booking.waitlisted',
  'booking.promoted',
  'booking.canceled',
  'booking.checked_in',
  'workflow.message',
] as const;
export const notificationTypeSchema = z.enum(NOTIFICATION_TYPES);
export type NotificationType = z.infer<typeof notificationTypeSchema>;

/** What a person is told: exactly these members, in history, over sockets and over Server-Sent Events. */
export const notificationPayloadSchema = z.strictObject({
  type: z.literal('notification'),
  notification_type: notificationTypeSchema,
  event: z
    .strictObject({ id: idSchema, title: z.string(), action: z.string(), timestamp: timestampSchema })
    .describe(
      'Of `workflow.message`: the event that it is about, or else the run that sent it, and what it says in short',
    ),
  booking: z.strictObject({ id: idSchema, status: bookingStatusSchema }).optional().describe('Of `booking.*` only'),
  message: z.string().optional().describe('Of `workflow.message` only: what it says at length'),
  user: z.string().describe('The username of whoever did it, `system` for what Usher does by itself'),
});
export type NotificationPayload = z.infer<typeof notificationPayloadSchema>;

/** What comes beside a live notification. */
export const notificationMetaSchema = z.object({
  id: idSchema,
  position: z.int().describe('Archive position: gap-free over the bus, ascending for each reader'),
  traceparent: z.string().nullable(),
  unread: z.int().describe('How many notifications this reader has not read, this one included'),
});
export type NotificationMeta = z.infer<typeof notificationMetaSchema>;

/** A notification as one Server-Sent Event carries it. */
export const streamedNotificationSchema = notificationMetaSchema.extend({ payload: notificationPayloadSchema });
