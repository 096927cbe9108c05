import { z } from 'zod';
import { actorSchema, idSchema, timestampSchema } from '../primitives.js';

export const EVENT_STATUSES = ['scheduled', 'canceled', 'completed'] as const;
export const eventStatusSchema = z.enum(EVENT_STATUSES);
export type EventStatus = z.infer<typeof eventStatusSchema>;

/** GeoJSON Point (RFC 7946): `[longitude, latitude]` in degrees. */
export const pointSchema = z.strictObject({
  type: z.literal('Point'),
  coordinates: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]),
});

/** A managed event as it is told to the world: the REST resource and the `event` member of every `usher.event.*` message. */
export const eventSchema = z.object({
  id: idSchema,
  title: z.string(),
  description: z.string(),
  location: z.string(),
  country: z.string().nullable(),
  timezone: z.string(),
  start_time: timestampSchema,
  end_time: timestampSchema,
  tags: z.array(z.string()),
  max_attendees: z.int().nullable(),
  status: eventStatusSchema,
  attachment_url: z.string().nullable(),
  coordinates: pointSchema.nullable(),
  created_by: z.object({ id: idSchema, username: z.string() }),
  booked_seats: z.int(),
  seats_left: z.int().nullable(),
  waitlist_length: z.int(),
  version: z.int(),
  created_at: timestampSchema,
  updated_at: timestampSchema,
});
export type EventResource = z.infer<typeof eventSchema>;

/** `data` of `usher.event.created|updated|canceled|completed|deleted`, version 1: the event after the change. */
export const eventChangedV1 = z.object({
  event: eventSchema,
  changed: z
    .array(z.string())
    .describe('Names of the members that this change altered; empty for a creation and a deletion'),
  actor: actorSchema,
});
export type EventChangedV1 = z.infer<typeof eventChangedV1>;

/** `data` of `usher.event.reminder`, version 1: the event as it stands when it is about to begin. */
export const eventReminderV1 = z.object({
  event: eventSchema,
  minutes_before: z.int().describe('How long before its start this reminder was due'),
  actor: actorSchema,
});
export type EventReminderV1 = z.infer<typeof eventReminderV1>;
