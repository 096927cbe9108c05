import countries from 'i18n-iso-countries';
import { z } from 'zod';
import { eventSchema, eventStatusSchema, pointSchema, isTimezone } from '#contracts';
import { filledText, text } from '#http';
import { DEFAULTS } from './event-details.js';

const rfc3339 = z.iso.datetime({ offset: true });

/** An RFC 3339 time with an offset, as a Date: UTC, to the millisecond. */
export const instantSchema = z
  .string()
  .meta({ format: 'date-time', examples: ['2026-11-20T10:00:00Z'] })
  .transform((value, context) => {
    const instant = new Date(value);
    const year = instant.getUTCFullYear();
    if (rfc3339.safeParse(value).success && year >= 0 && year <= 9999) return instant;
    context.addIssue({
      code: 'custom',
      message: 'must be an RFC 3339 time with an offset, such as 2026-11-20T10:00:00Z',
    });
    return z.NEVER;
  });

export const countrySchema = z
  .string()
  .transform((value) => value.toUpperCase())
  .refine(
    (value) => /^[A-Z]{2}$/.test(value) && countries.isValid(value),
    'must be an ISO 3166-1 alpha-2 code, such as DE',
  )
  .meta({ pattern: '^[A-Za-z]{2}$' });

export const MAX_TAGS = 20;
export const tagSchema = z
  .string()
  .meta({ minLength: 1, maxLength: 50 })
  .transform((value) => value.trim())
  .pipe(filledText(50));

const timezoneSchema = z
  .string()
  .refine(isTimezone, 'must be an IANA time zone, such as Europe/Berlin')
  .meta({ examples: ['Europe/Berlin'] });

const urlSchema = z.string().max(2_048).refine(isWebAddress, 'must be an http or https URL').meta({ format: 'uri' });

const tagsSchema = z
  .array(tagSchema)
  .max(MAX_TAGS)
  .transform((tags) => [...new Set(tags)])
  .meta({ description: 'Trimmed; what stands twice is kept once.' });

const capacitySchema = z.int().min(1).max(1_000_000);
/** So that any event fits into a message of 64 KiB, whatever script it is written in. */
const DESCRIPTION_MAX = 10_000;

const required = {
  title: filledText(100),
  description: text(DESCRIPTION_MAX),
  location: filledText(500),
  start_time: instantSchema,
  end_time: instantSchema,
};
const optional = {
  country: countrySchema,
  timezone: timezoneSchema,
  tags: tagsSchema,
  max_attendees: capacitySchema,
  attachment_url: urlSchema,
  coordinates: pointSchema,
};

/** What the documentation page offers to send. */
const EXAMPLE = {
  title: 'Analytical evening',
  description: 'Engines, and tea',
  location: 'Lisbon',
  country: 'PT',
  timezone: 'Europe/Lisbon',
  start_time: '2030-05-01T18:00:00+01:00',
  end_time: '2030-05-01T21:00:00+01:00',
  tags: ['history'],
  max_attendees: 40,
};

const described = z.strictObject({
  ...required,
  country: optional.country
    .nullable()
    .default(DEFAULTS.country)
    .describe('ISO 3166-1 alpha-2. Filled in when `location` is itself a country’s name or code'),
  timezone: optional.timezone.default(DEFAULTS.timezone).describe('IANA time zone'),
  tags: optional.tags.default(DEFAULTS.tags),
  max_attendees: optional.max_attendees.nullable().default(DEFAULTS.max_attendees).describe('null: no limit'),
  attachment_url: optional.attachment_url.nullable().default(DEFAULTS.attachment_url),
  coordinates: optional.coordinates.nullable().default(DEFAULTS.coordinates),
});

export const createEventBody = described
  .extend({ status: eventStatusSchema.default('scheduled').describe('A new event is scheduled') })
  .meta({ id: 'NewEvent', examples: [EXAMPLE] });

export const replaceEventBody = described
  .extend({ status: eventStatusSchema.optional().describe('Stays where it is left out') })
  .meta({ id: 'EventReplacement', examples: [EXAMPLE] });

export const patchEventBody = z
  .strictObject({ ...required, status: eventStatusSchema })
  .partial()
  .extend({
    country: optional.country.nullish(),
    timezone: optional.timezone.nullish(),
    tags: optional.tags.nullish(),
    max_attendees: optional.max_attendees.nullish(),
    attachment_url: optional.attachment_url.nullish(),
    coordinates: optional.coordinates.nullish(),
  })
  .meta({
    id: 'EventPatch',
    examples: [{ title: 'Analytical night' }],
    description: 'A JSON Merge Patch (RFC 7396): null removes an optional member',
  });

export const eventAnswer = eventSchema.meta({ id: 'Event' });

/** URL itself forgives white space and line breaks. */
function isWebAddress(value: string): boolean {
  return /^https?:\/\/\S+$/i.test(value) && URL.canParse(value);
}
