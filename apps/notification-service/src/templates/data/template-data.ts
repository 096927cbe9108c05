import { z } from 'zod';
import {
  bookingChangedV1,
  eventSchema,
  isTimezone,
  notificationPayloadSchema,
  type NotificationType,
} from '#contracts';
import type { TemplateChannel } from '../template.js';

/**
 * All that templates can show, by section: what every notification carries with it, and what has to be found out where a
 * template wants it.
 */
const payload = notificationPayloadSchema.shape;
const zone = z.string().refine(isTimezone, 'must be an IANA time zone, such as Europe/Berlin');
const web = z.url({ protocol: /^https?$/ });

const CARRIED = {
  event: payload.event.shape,
  booking: payload.booking.unwrap().shape,
  user: payload.user,
  message: payload.message.unwrap(),
  reader: { name: z.string().describe('The reader’s username') },
  bookingReader: { booked: z.boolean().describe('Whether the booking is the reader’s own') },
  links: { event: web, unsubscribe: web },
};

const FOUND_OUT = {
  event: {
    ...eventSchema.pick({
      description: true,
      location: true,
      country: true,
      start_time: true,
      end_time: true,
      max_attendees: true,
      seats_left: true,
    }).shape,
    timezone: zone,
  },
  booking: bookingChangedV1.shape.booking.pick({ seats: true, code: true }).shape,
};

/** Every member of every section. */
export const SECTIONS = {
  ...CARRIED,
  event: { ...CARRIED.event, ...FOUND_OUT.event },
  booking: { ...CARRIED.booking, ...FOUND_OUT.booking },
  reader: { ...CARRIED.reader, ...CARRIED.bookingReader },
};

type Found<Section extends keyof typeof FOUND_OUT> = Partial<z.infer<z.ZodObject<(typeof FOUND_OUT)[Section]>>>;

/** What a message is made of: what is carried is always there, of the rest what the template needs. */
export interface TemplateData {
  event: z.infer<z.ZodObject<typeof CARRIED.event>> & Found<'event'>;
  /** Of `booking.*` only. */
  booking?: z.infer<z.ZodObject<typeof CARRIED.booking>> & Found<'booking'>;
  /** The username of whoever did it. */
  user: string;
  /** Of `workflow.message` only. */
  message?: string;
  reader: { name: string; booked?: boolean };
  /** Of e-mails only. Usher's own, and therefore the only ones that may stand in attributes. */
  links?: { event?: string; unsubscribe: string };
}

const links = z.strictObject(CARRIED.links);

export const isBookingType = (type: NotificationType): boolean => type.startsWith('booking.');

/** The schema of all that templates of this type and channel can show. */
export function dataSchema(type: NotificationType, channel: TemplateChannel) {
  const ofBooking = isBookingType(type);
  // What a workflow says need not be about an event.
  const ofWorkflow = type === 'workflow.message';
  return z.strictObject({
    event: z.strictObject(ofWorkflow ? CARRIED.event : SECTIONS.event),
    ...(ofBooking ? { booking: z.strictObject(SECTIONS.booking) } : {}),
    user: CARRIED.user,
    ...(ofWorkflow ? { message: CARRIED.message } : {}),
    reader: z.strictObject(ofBooking ? SECTIONS.reader : CARRIED.reader),
    ...(channel === 'email' ? { links: ofWorkflow ? links.pick({ unsubscribe: true }) : links } : {}),
  });
}

/** What can be done with a value: times, for one, are written as the reader writes them; prose has lines. */
export type Kind = 'text' | 'prose' | 'time' | 'number' | 'flag' | 'link' | 'zone';

export interface Placeholder {
  kind: Kind;
  /** No notification carries it by itself. */
  foundOut: boolean;
}

const placeholders = new Map<string, ReadonlyMap<string, Placeholder>>();

/** What templates of this type and channel can show, by path. */
export function placeholdersOf(type: NotificationType, channel: TemplateChannel): ReadonlyMap<string, Placeholder> {
  const key = `${type} ${channel}`;
  const known = placeholders.get(key) ?? readPlaceholders(type, channel);
  placeholders.set(key, known);
  return known;
}

const readPlaceholders = (type: NotificationType, channel: TemplateChannel): Map<string, Placeholder> =>
  new Map([...pathsOf(dataSchema(type, channel))].map(([path, kind]) => [path, { kind, foundOut: isFoundOut(path) }]));

function isFoundOut(path: string): boolean {
  const [section = '', name = ''] = path.split('.');
  return (section === 'event' || section === 'booking') && Object.hasOwn(FOUND_OUT[section], name);
}

function* pathsOf(schema: z.ZodType, at = ''): Generator<[path: string, kind: Kind]> {
  if (schema instanceof z.ZodObject)
    for (const [name, member] of Object.entries(schema.shape))
      yield* pathsOf(member as z.ZodType, at === '' ? name : `${at}.${name}`);
  else yield [at, kindOf(schema)];
}

const PROSE: readonly z.ZodType[] = [CARRIED.message, FOUND_OUT.event.description];

function kindOf(schema: z.ZodType): Kind {
  if (schema === zone) return 'zone';
  if (PROSE.includes(schema)) return 'prose';
  if (schema instanceof z.ZodNullable) return kindOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodISODateTime) return 'time';
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'flag';
  return schema instanceof z.ZodURL ? 'link' : 'text';
}
