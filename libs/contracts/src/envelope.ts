import { z } from 'zod';
import { EVENT_TYPES, type UsherEventData, type UsherEventType } from './events/index.js';

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
  /** The position in the source's own log, decimal. */
  sequence: z.string().regex(/^\d+$/).optional(),
  correlationid: z.string().optional(),
  causationid: z.string().optional(),
  /** W3C Trace Context. */
  traceparent: z.string().optional(),
  data: z.unknown(),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** The AMQP headers beside an envelope. */
export const envelopeHeadersSchema = z.object({
  /** W3C Trace Context. */
  traceparent: z.string().optional(),
  /** How often processing this message has been tried, this time included; 1 where it is missing. */
  'x-usher-attempt': z.int().min(1).optional(),
});

/** The `data` of an envelope of one of Usher's own types, checked against that type's schema. Throws a ZodError. */
export function parseData<T extends UsherEventType>(type: T, data: unknown): UsherEventData<T> {
  return EVENT_TYPES[type][0].parse(data) as UsherEventData<T>;
}
