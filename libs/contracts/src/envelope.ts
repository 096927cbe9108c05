import { z } from 'zod';
import { EVENT_TYPES, UPCASTERS, type UsherEventData, type UsherEventType } from './events/index.js';
import { readAsNewest, versionIn } from './events/upcasting.js';

export const ENVELOPE_CONTENT_TYPE = 'application/cloudevents+json';
/** The largest event in bytes of its JSON, as CloudEvents 1.0 advises (section "Size Limits"). */
export const ENVELOPE_MAX_BYTES = 65_536;

const nonEmpty = z.string().min(1);

/** CloudEvents 1.0 in the JSON format, with Usher's extension attributes. Unknown extensions are kept. */
export const envelopeSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: nonEmpty,
  source: nonEmpty,
  type: nonEmpty,
  subject: nonEmpty.optional(),
  time: z.iso.datetime({ offset: true }).optional(),
  datacontenttype: z.string().optional(),
  dataschema: z.string().optional(),
  sequence: z.string().regex(/^\d+$/).optional().describe("The position in the source's own log, decimal"),
  correlationid: z.string().optional().describe('The same for everything that one request caused'),
  causationid: z.string().optional().describe('The id of the message that led to this one'),
  traceparent: z.string().optional().describe('W3C Trace Context'),
  data: z.unknown().optional(),
  data_base64: z.string().optional().describe('Data that are not JSON, in place of `data`'),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** The AMQP headers beside an envelope. */
export const envelopeHeadersSchema = z.object({
  traceparent: z.string().optional().describe('W3C Trace Context'),
  'x-usher-attempt': z
    .int()
    .min(1)
    .optional()
    .describe('How often processing has been tried, this time included; 1 where it is missing'),
});

/**
 * The `data` of an envelope or log entry of one of Usher's own types, in the newest version: checked against the schema of
 * the version that they were written in, which `dataschema` names, and brought up to date. Throws a ZodError, and a
 * RangeError for a version that only others know yet.
 */
export function parseData<T extends UsherEventType>(
  type: T,
  data: unknown,
  dataschema: string | undefined,
): UsherEventData<T> {
  const history = { schemas: EVENT_TYPES[type], upcasters: UPCASTERS[type] ?? [] };
  return readAsNewest(history, versionIn(dataschema), data) as UsherEventData<T>;
}
