import { z } from 'zod';
import { idSchema } from './primitives.js';

/** How many people one lookup of contacts is for at most. */
export const CONTACTS_PER_LOOKUP = 500;

/** How to reach somebody with an account, and how they write dates and read clocks. */
export const userContactSchema = z.object({
  id: idSchema,
  email: z.string(),
  username: z.string(),
  full_name: z.string().nullable(),
  is_verified: z.boolean(),
  locale: z.string(),
  timezone: z.string(),
});

/** How to reach somebody who has been booked for. */
export const attendeeContactSchema = z.object({
  id: idSchema,
  name: z.string(),
  email: z.string(),
  user_id: idSchema.nullable().describe('The user whose own attendee this is'),
});

/** What event-service tells other services of people: no message carries it. Whoever is not there is left out. */
export const contactsSchema = z.object({
  users: z.array(userContactSchema),
  attendees: z.array(attendeeContactSchema),
});
export type Contacts = z.infer<typeof contactsSchema>;
