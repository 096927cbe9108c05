import { CloudEvent, ValidationError } from 'cloudevents';
import { z } from 'zod';
import { type Envelope, envelopeSchema } from '#contracts';
import { type FieldError, UsherError } from '#kernel';
import type { EventPlace, RawEvent } from './raw-event.js';

/** A routing key, a message id and a type are short strings of AMQP 0-9-1 (section 4.2.5.3), in bytes. */
const SHORT = 255;
const SOURCE = 2_048;
const NAME = /^[a-z0-9]+$/;
/** CloudEvents 1.0.2, "Type System": no control characters, no surrogates without a partner, no noncharacters. */
const NO_TEXT = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

const text = z
  .string()
  .min(1, 'must not be empty')
  .refine((value) => !NO_TEXT.test(value), 'must be text without control characters');
const upTo = (bytes: number) =>
  text.refine((value) => Buffer.byteLength(value) <= bytes, `must be at most ${bytes} bytes long`);
const int32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);

const cloudEventSchema = envelopeSchema
  .extend({
    id: upTo(SHORT),
    source: upTo(SOURCE),
    type: upTo(SHORT),
    subject: text.optional(),
    datacontenttype: text.optional(),
    dataschema: text.optional(),
    correlationid: text.optional(),
    causationid: text.optional(),
    traceparent: z
      .string()
      .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, 'must be a W3C traceparent')
      .optional(),
    position: z.never('is what Usher adds to events that it has archived').optional(),
  })
  .catchall(z.union([text, z.boolean(), int32], 'must be text, a boolean or a 32-bit integer'));

/** The event, if it is one by CloudEvents 1.0.2 and fits into a message of Usher's. Throws `validation-failed`. */
export function toCloudEvent({ attributes, place, ...data }: RawEvent): Envelope {
  // In JSON, null says that an attribute is not there (JSON format, section 2.1).
  const present = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
  const { data: parsed, error } = cloudEventSchema.safeParse(present);
  const issues = [
    ...namesIn(present, place),
    ...(error?.issues ?? []).map(({ path, message }) => ({
      pointer: place.pointerTo(String(path[0] ?? '')),
      message,
    })),
  ];
  if (parsed === undefined || issues.length > 0) throw notValid(issues);
  const event = parsed as Envelope;
  const wrong = [...bySdk(event, place), ...dataOf(data, place)];
  if (wrong.length > 0) throw notValid(wrong);
  return { ...event, ...data } as Envelope;
}

function namesIn(attributes: object, place: EventPlace): FieldError[] {
  const wrong = Object.keys(attributes).filter((name) => !NAME.test(name));
  return wrong.map((name) => ({
    pointer: place.pointerTo(name),
    message: 'is no name of an attribute: only a to z and 0 to 9 are',
  }));
}

/** What the SDK finds wrong with the attributes: it knows URI references. Of data and of defaults it must not be asked. */
function bySdk({ id, source, type, time, subject }: Envelope, place: EventPlace): FieldError[] {
  try {
    new CloudEvent({ id, source, type, ...(time ? { time } : {}), ...(subject ? { subject } : {}) }, true);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const found = (error.errors ?? []) as { instancePath?: string; message?: string }[];
    return found.map(({ instancePath = '', message = error.message }) => ({
      pointer: place.pointerTo(instancePath.slice(1)),
      message,
    }));
  }
}

const base64 = z.base64();

function dataOf({ data, data_base64 }: Pick<RawEvent, 'data' | 'data_base64'>, place: EventPlace): FieldError[] {
  if (data_base64 === undefined) return [];
  if (data !== undefined) return [{ pointer: place.pointerTo('data_base64'), message: 'must not stand beside `data`' }];
  if (base64.safeParse(data_base64).success) return [];
  return [{ pointer: place.pointerTo('data_base64'), message: 'must be base64' }];
}

const notValid = (errors: readonly FieldError[]): UsherError =>
  new UsherError('validation-failed', 'The event is not valid; see `errors`.', { errors: errors.slice(0, 20) });
