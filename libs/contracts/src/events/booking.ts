import { z } from 'zod';
import { actorSchema, idSchema, timestampSchema } from '../primitives.js';

export const BOOKING_STATUSES = ['confirmed', 'waitlisted', 'checked_in', 'canceled'] as const;
export const bookingStatusSchema = z.enum(BOOKING_STATUSES);
export type BookingStatus = z.infer<typeof bookingStatusSchema>;

/** Why a booking was canceled: somebody asked for it, or what it was for has gone. */
export const cancellationReasonSchema = z.enum([
  'requested',
  'event-canceled',
  'event-deleted',
  'attendee-removed',
  'capacity-lowered',
]);
export type CancellationReason = z.infer<typeof cancellationReasonSchema>;

/** A booking as messages tell of it: by ids, without a name or an address. */
export const bookedSchema = z.object({
  id: idSchema,
  attendee_id: idSchema,
  owner_id: idSchema.nullable().describe('The user whose booking it is; null where nobody with an account made it'),
  seats: z.int(),
  status: bookingStatusSchema,
  code: z.string().describe('What is shown at the door'),
  waitlist_ticket: z
    .int()
    .nullable()
    .describe('Orders the waitlist of one event, lowest first; null where it never waited'),
  cancellation_reason: cancellationReasonSchema.nullable(),
  version: z.int(),
  created_at: timestampSchema,
  canceled_at: timestampSchema.nullable(),
  checked_in_at: timestampSchema.nullable(),
});

/** `data` of `usher.booking.confirmed|waitlisted|promoted|canceled|checked_in`, version 1: the booking after the change. */
export const bookingChangedV1 = z.object({
  booking: bookedSchema,
  event: z.object({
    id: idSchema,
    title: z.string(),
    start_time: timestampSchema,
    created_by: z.object({ id: idSchema, username: z.string() }),
  }),
  seats_left: z.int().nullable().describe('Of the event, after the change; null where it has no limit'),
  actor: actorSchema,
});
export type BookingChangedV1 = z.infer<typeof bookingChangedV1>;
