import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { filledText } from '#http';
import { countrySchema } from '../events/events.dto.js';
import { emailSchema } from '../users/credentials.js';
import type { AttendeeDetails, AttendeeState } from './attendee.js';

const CONTROLS = /\p{Cc}/u;

const nameSchema = filledText(200).refine((name) => !CONTROLS.test(name), 'must not contain control characters');

/** As in E.164 at most fifteen digits, written as people write them; kept as given. */
const phoneSchema = z
  .string()
  .max(40)
  .regex(
    /^\+?(?:[ ().\-/]*[0-9]){5,15}[ ().\-/]*$/,
    'must be a telephone number of 5 to 15 digits, such as +49 30 901820',
  )
  .meta({ examples: ['+49 30 901820'] });

const optional = { phone: phoneSchema, country: countrySchema, notes: filledText(2_000) };
const required = { name: nameSchema, email: emailSchema };

/** What somebody says of a person to register; also inline in a booking. */
export const newAttendeeBody = z
  .strictObject({
    ...required,
    phone: optional.phone.nullable().default(null),
    country: optional.country.nullable().default(null).describe('ISO 3166-1 alpha-2'),
    notes: optional.notes.nullable().default(null).describe('For the organisers: a diet, a need'),
  })
  .meta({
    id: 'NewAttendee',
    examples: [{ name: 'Ada Lovelace', email: 'ada@example.com', phone: '+44 20 7946 0958', country: 'GB' }],
  }) satisfies z.ZodType<AttendeeDetails>;

export const patchAttendeeBody = z
  .strictObject(required)
  .partial()
  .extend({ phone: optional.phone.nullish(), country: optional.country.nullish(), notes: optional.notes.nullish() })
  .meta({
    id: 'AttendeePatch',
    examples: [{ phone: null }],
    description: 'A JSON Merge Patch (RFC 7396): null removes an optional member',
  });

export const attendeeAnswer = z
  .object({
    id: idSchema,
    name: z.string(),
    email: z.string(),
    phone: z.string().nullable(),
    country: z.string().nullable().describe('ISO 3166-1 alpha-2'),
    notes: z.string().nullable(),
    version: z.int(),
    created_at: timestampSchema,
    updated_at: timestampSchema,
  })
  .meta({ id: 'Attendee' });
export type AttendeeResource = z.infer<typeof attendeeAnswer>;

export const registeredAttendeeAnswer = attendeeAnswer
  .extend({ attendee_token: z.string().describe('Manages the attendee without an account; told this once') })
  .meta({ id: 'RegisteredAttendee' });

export const toResource = ({
  registered_by: _registeredBy,
  user_id: _userId,
  token_hash: _tokenHash,
  ...state
}: AttendeeState): AttendeeResource => ({
  ...state,
  created_at: state.created_at.toISOString(),
  updated_at: state.updated_at.toISOString(),
});
