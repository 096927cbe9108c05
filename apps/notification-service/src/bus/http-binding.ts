import type { IncomingHttpHeaders } from 'node:http';
import { UsherError } from '#kernel';
import { type EventPlace, isRecord, type RawEvent } from './raw-event.js';

export const STRUCTURED_TYPE = 'application/cloudevents+json';
export const BATCH_TYPE = 'application/cloudevents-batch+json';

/** A request as far as events are read from it. */
export interface EventRequest {
  headers: IncomingHttpHeaders;
  /** Parsed where it is JSON, else as it came; undefined where there is none. */
  body: unknown;
}

/** What a request says, before anything is judged: one event, or the items of a batch, which may be anything. */
export type Reading = { mode: 'single'; event: RawEvent } | { mode: 'batch'; items: readonly unknown[] };

/**
 * Reads a request by the HTTP binding of CloudEvents 1.0.2. The SDK's own reader is not used: see
 * docs/decisions/bus-publishing.md for what it gets wrong. Throws where there is no telling events from the request.
 */
export function readEventRequest({ headers, body }: EventRequest): Reading {
  const contentType = headers['content-type'];
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === BATCH_TYPE) return { mode: 'batch', items: itemsOf(body) };
  if (mediaType === STRUCTURED_TYPE) return { mode: 'single', event: structuredEvent(body) };
  if (mediaType.startsWith('application/cloudevents'))
    throw new UsherError('unsupported-media-type', `Events are taken as ${STRUCTURED_TYPE} and ${BATCH_TYPE}.`);
  return { mode: 'single', event: binaryEvent(headers, body) };
}

/** One event in the JSON format, as an item of a batch too. */
export function structuredEvent(value: unknown, pointer = ''): RawEvent {
  if (!isRecord(value)) throw notValid(pointer, 'must be an event as an object');
  const { data, data_base64, ...attributes } = value;
  return {
    attributes,
    ...('data' in value ? { data } : {}),
    ...(data_base64 === undefined || data_base64 === null ? {} : { data_base64 }),
    place: { pointerTo: (name) => `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` },
  };
}

function itemsOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  throw notValid('', 'must be an array of events');
}

const PREFIX = 'ce-';
const HEADERS: EventPlace = {
  pointerTo: (name) => (name === 'datacontenttype' ? '/header/content-type' : `/header/${PREFIX}${name}`),
};

function binaryEvent(headers: IncomingHttpHeaders, body: unknown): RawEvent {
  const named = Object.entries(headers).filter(([name]) => name.startsWith(PREFIX));
  const attributes = Object.fromEntries(named.map(([name, value]) => attributeIn(name, String(value))));
  for (const name of ['datacontenttype', 'data', 'data_base64'])
    if (name in attributes) throw notValid(`/header/${PREFIX}${name}`, 'is said by the body and its Content-Type');
  const contentType = headers['content-type'];
  return {
    attributes: contentType === undefined ? attributes : { ...attributes, datacontenttype: contentType },
    ...(body === undefined ? {} : Buffer.isBuffer(body) ? { data_base64: body.toString('base64') } : { data: body }),
    place: HEADERS,
  };
}

function attributeIn(header: string, value: string): [name: string, value: string] {
  try {
    return [header.slice(PREFIX.length), decodeHeaderValue(value)];
  } catch (cause) {
    if (cause instanceof UsherError) throw cause;
    throw notValid(`/header/${header}`, 'must be percent-encoded UTF-8');
  }
}

const QUOTED = /^"((?:[^"\\]|\\.)*)"$/s;
const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/**
 * The attribute in a header's value: unquoted once, then percent-decoded once (HTTP binding, section 3.1.3.2). A percent
 * sign that begins no escape is itself. Throws where the escapes are not UTF-8, or where a character should be one.
 */
export function decodeHeaderValue(value: string): string {
  if (!/^[\x20-\x7e\t]*$/.test(value)) throw new TypeError('not printable ASCII');
  const [, quoted] = QUOTED.exec(value) ?? [];
  const unquoted = quoted === undefined ? value : quoted.replaceAll(/\\(.)/gs, '$1');
  return unquoted.replaceAll(ESCAPES, (escapes) => decodeURIComponent(escapes));
}

const notValid = (pointer: string, message: string): UsherError =>
  new UsherError('validation-failed', 'The event is not valid; see `errors`.', { errors: [{ pointer, message }] });
