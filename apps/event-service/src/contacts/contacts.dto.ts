import { z } from 'zod';
import { CONTACTS_PER_LOOKUP, contactsSchema, idSchema } from '#contracts';

const ids = z.array(idSchema).max(CONTACTS_PER_LOOKUP);

export const lookupBody = z
  .strictObject({ user_ids: ids.default([]), attendee_ids: ids.default([]) })
  .refine(({ user_ids, attendee_ids }) => user_ids.length + attendee_ids.length <= CONTACTS_PER_LOOKUP, {
    error: `must ask for ${CONTACTS_PER_LOOKUP} people at most`,
  })
  .meta({
    description: `${CONTACTS_PER_LOOKUP} people at most, all told`,
    examples: [{ user_ids: ['66ef1a2b3c4d5e6f70819401'], attendee_ids: ['66ef1a2b3c4d5e6f70819501'] }],
  });
export type LookupBody = z.infer<typeof lookupBody>;

export const contactsAnswer = contactsSchema.meta({ id: 'Contacts' });
