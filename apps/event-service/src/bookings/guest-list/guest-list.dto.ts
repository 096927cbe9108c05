import { z } from 'zod';
import { bookingStatusSchema, idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';

export const guestAnswer = z
  .object({
    id: idSchema.describe('The attendee'),
    name: z.string().nullable().describe('null, as all else that was told, where they have been removed'),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    country: z.string().nullable().describe('ISO 3166-1 alpha-2'),
    notes: z.string().nullable(),
    booking: z.object({
      id: idSchema,
      seats: z.int(),
      status: bookingStatusSchema,
      code: z.string(),
      created_at: timestampSchema,
      checked_in_at: timestampSchema.optional(),
    }),
  })
  .meta({ id: 'Guest' });
export type GuestResource = z.infer<typeof guestAnswer>;

export const guestListQuery = z.strictObject({
  ...pageQuery,
  status: bookingStatusSchema.optional().describe('Bookings of this status; all but canceled ones where none is named'),
});
export type GuestListQuery = z.infer<typeof guestListQuery>;
