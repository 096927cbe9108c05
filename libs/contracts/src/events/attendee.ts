import { z } from 'zod';
import { actorSchema, idSchema } from '../primitives.js';

/** `data` of `usher.attendee.registered|updated|removed`, version 1: no contact details, for messages are kept. */
export const attendeeChangedV1 = z.object({
  attendee: z.object({ id: idSchema }),
  event_ids: z.array(idSchema).describe('The events that the attendee has a live booking for'),
  actor: actorSchema,
});
export type AttendeeChangedV1 = z.infer<typeof attendeeChangedV1>;
