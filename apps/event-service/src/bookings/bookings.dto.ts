import { z } from 'zod';
import { bookingStatusSchema, cancellationReasonSchema, idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { newAttendeeBody } from '../attendees/attendees.dto.js';

export const MAX_SEATS = 10;

export const newBookingBody = z
  .strictObject({
    attendee_id: idSchema.optional().describe('An attendee that the caller manages'),
    attendee: newAttendeeBody.optional().describe('Somebody to register and book for at once'),
    seats: z.int().min(1).max(MAX_SEATS).default(1),
    waitlist: z.boolean().default(false).describe('Whether to wait where the seats cannot be had now'),
  })
  .refine(({ attendee, attendee_id }) => attendee === undefined || attendee_id === undefined, {
    path: ['attendee_id'],
    error: 'must not be given together with attendee',
  })
  .meta({
    id: 'NewBooking',
    examples: [{}, { seats: 2, waitlist: true }, { attendee: { name: 'Ada Lovelace', email: 'ada@example.com' } }],
  });

export type NewBooking = z.infer<typeof newBookingBody>;

export const bookingAnswer = z
  .object({
    id: idSchema,
    event: z.object({ id: idSchema, title: z.string(), start_time: timestampSchema }),
    attendee: z.object({ id: idSchema, name: z.string().nullable().describe('null where they have been removed') }),
    seats: z.int(),
    status: bookingStatusSchema,
    waitlist_position: z.int().optional().describe('1 is next; while it waits'),
    code: z.string().describe('To be shown at the door'),
    created_at: timestampSchema,
    canceled_at: timestampSchema.optional(),
    cancellation_reason: cancellationReasonSchema.optional(),
    checked_in_at: timestampSchema.optional(),
  })
  .meta({ id: 'Booking' });
export type BookingResource = z.infer<typeof bookingAnswer>;

export const bookedAnswer = bookingAnswer
  .extend({
    attendee_token: z
      .string()
      .optional()
      .describe('Of an attendee who was registered by this booking: manages both without an account; told this once'),
  })
  .meta({ id: 'Booked' });
export type BookedResource = z.infer<typeof bookedAnswer>;

export const listBookingsQuery = z.strictObject({
  ...pageQuery,
  event_id: idSchema.optional(),
  status: bookingStatusSchema.optional(),
  as: z
    .enum(['owner', 'creator', 'admin'])
    .default('owner')
    .describe('One’s own bookings, those of the events that one has created, or, for admins, all'),
});
export type ListBookingsQuery = z.infer<typeof listBookingsQuery>;

export const listEventBookingsQuery = z.strictObject({
  ...pageQuery,
  status: bookingStatusSchema.optional(),
  code: z.string().optional().describe('What somebody shows at the door'),
});
export type ListEventBookingsQuery = z.infer<typeof listEventBookingsQuery>;
