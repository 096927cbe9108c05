import { z } from 'zod';
import { eventStatusSchema, idSchema } from '#contracts';
import { pageQuery } from '#http';
import { countrySchema, instantSchema, MAX_TAGS, tagSchema } from '../events.dto.js';

export const EVENT_SORTS = ['start_time', '-start_time', 'created_at', '-created_at'] as const;

const DEFAULT_RADIUS_KM = 50;
/** Half-way round the Earth. */
const MAX_RADIUS_KM = 20_000;

/** In a query `+` stands for a space, and hardly anybody writes `%2B`. */
const queriedInstant = z
  .string()
  .meta({ format: 'date-time', examples: ['2026-11-20T10:00:00Z'] })
  .transform((value) => value.replace(' ', '+'))
  .pipe(instantSchema);

const decimal = (min: number, max: number) =>
  z
    .string()
    .regex(/^[+-]?\d{1,5}(\.\d{1,20})?$/, 'must be a decimal number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .meta({ openapi: { type: 'number', minimum: min, maximum: max } });

const position = z
  .string()
  .meta({ examples: ['13.4,52.5'] })
  .transform((value) => value.split(','))
  .pipe(z.tuple([decimal(-180, 180), decimal(-90, 90)], 'must be a longitude and a latitude, such as 13.4,52.5'));

const filters = z.strictObject({
  status: eventStatusSchema.optional(),
  tag: z
    .union([tagSchema.transform((tag) => [tag]), z.array(tagSchema).max(MAX_TAGS)])
    .meta({ openapi: { type: 'array', items: { type: 'string' }, maxItems: MAX_TAGS } })
    .optional()
    .describe('Repeatable; events that have all of them'),
  country: countrySchema.optional(),
  q: z
    .string()
    .max(200)
    .refine((value) => value.trim() !== '', 'must not be blank')
    .optional()
    .describe('Full text over title, description, location and tags: every word, "a phrase", -not'),
  starts_after: queriedInstant.optional().describe('Starts at this time or later'),
  starts_before: queriedInstant.optional().describe('Starts before this time'),
  created_by: idSchema.optional().describe('Id of the user who created it'),
  near: position.optional().describe('Longitude and latitude'),
  radius_km: decimal(0.001, MAX_RADIUS_KM).optional().describe(`Around \`near\`, ${DEFAULT_RADIUS_KM} by default`),
  available: z.literal('true').optional().describe('Scheduled, not begun, and with seats left'),
  sort: z.enum(EVENT_SORTS).default('start_time'),
});

/** `near` and `radius_km` are one condition. */
const withCircle = <Q extends z.infer<typeof filters>>(query: z.ZodType<Q>) =>
  query
    .refine(({ near, radius_km }) => near !== undefined || radius_km === undefined, {
      path: ['radius_km'],
      message: 'needs near',
    })
    .transform(({ near, radius_km, ...rest }) => ({
      ...rest,
      ...(near === undefined ? {} : { within: { center: near, radius_km: radius_km ?? DEFAULT_RADIUS_KM } }),
    }));

export const listEventsQuery = withCircle(filters.extend(pageQuery));
export type ListEventsQuery = z.infer<typeof listEventsQuery>;

/** The same without pages. */
export const eventFiltersQuery = withCircle(filters);
export type EventFiltersQuery = z.infer<typeof eventFiltersQuery>;
