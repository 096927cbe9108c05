import { z } from 'zod';
import { envelopeSchema } from '#contracts';
import { pageQuery, PROBLEMS } from '#http';
import { ERROR_CODES, type UsherError } from '#kernel';
import type { ArchivedEvent } from '../archive/archive.schema.js';
import type { Outcome } from './publishing.service.js';

const itemProblem = z
  .object({
    code: z.enum(ERROR_CODES),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  })
  .describe('Why this item was refused, as the event alone would have been; pointers begin at the batch');

export const acceptedSchema = z
  .object({
    id: z.string(),
    source: z.string(),
    duplicate: z.boolean().describe('Whether it had been on the bus before; it has had no effect then'),
  })
  .meta({ id: 'AcceptedEvent' });

const refusedSchema = z
  .object({ id: z.string().nullable(), source: z.string().nullable(), problem: itemProblem })
  .meta({ id: 'RefusedEvent' });

const itemResult = z.union([acceptedSchema, refusedSchema]);

// Nest serialises an array item by item, hence the item beside the array of them.
export const publishedSchema = z
  .union([itemResult, z.array(itemResult)])
  .describe('For a batch, one result for each item, in order; an event alone is accepted or the request is refused');
export type ItemResult = z.infer<typeof itemResult>;
export type Published = z.infer<typeof publishedSchema>;

/** An event as it was archived: the envelope, and where in the archive it is. */
export const archivedEventSchema = envelopeSchema
  .extend({ position: z.int().describe('Archive position: gap-free, in order of intake') })
  .meta({ id: 'ArchivedEvent' });

const name = z.string().min(1).max(2_048).optional();
const time = z.iso
  .datetime({ offset: true })
  .transform((value) => new Date(value))
  .meta({ openapi: { type: 'string', format: 'date-time' } })
  .optional();

export const eventsQuery = z.strictObject({
  ...pageQuery,
  type: name.describe('Only this type'),
  source: name.describe('Only from this source'),
  subject: name.describe('Only about this subject'),
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be an archive position')
    .transform(Number)
    .meta({ openapi: { type: 'integer', minimum: 0 } })
    .optional()
    .describe('Only what was archived after this position'),
  from: time.describe('Only what was archived at this time or later'),
  to: time.describe('Only what was archived at this time or earlier'),
});

export const eventQuery = z.strictObject({
  source: name.describe('The source whose event it is; where it is missing, the newest event with that id is answered'),
});

export const eventId = z.string().min(1).max(255);

export const presentArchived = ({ _id, envelope }: ArchivedEvent): z.infer<typeof archivedEventSchema> => ({
  ...envelope,
  position: _id,
});

export const presentOutcome = (outcome: Outcome): ItemResult => {
  const { id, source } = outcome.event;
  return 'refused' in outcome
    ? presentRefusal(outcome.refused, { id, source })
    : { id, source, duplicate: outcome.duplicate };
};

/** `item` is whatever stood in the batch; its identity is answered as far as it can be read. */
export function presentRefusal(
  { code, detail, errors }: UsherError,
  item: { id?: unknown; source?: unknown },
): ItemResult {
  const { title, status } = PROBLEMS[code];
  const problem = { code, title, status, detail, ...(errors.length === 0 ? {} : { errors: [...errors] }) };
  return { id: textOrNull(item.id), source: textOrNull(item.source), problem };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
