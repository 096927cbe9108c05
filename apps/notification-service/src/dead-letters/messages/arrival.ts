import { createHash } from 'node:crypto';
import { carriedOf, type RawMessage, redriveOf, type Trouble, troubleOfParked, troubleOfUnrouted } from '#messaging';
import type { Arrival, MessageKind } from './dead-message.js';

/** A document of MongoDB holds 16 MiB, and no consumer of Usher takes a message of more than 64 KiB. */
const CONTENT_KEPT = 8 * 1024 * 1024;
const BEGINNING_KEPT = 64 * 1024;
/** Headers nest as deeply as a frame has room; what is read recursively has to end somewhere. */
const DEEPEST = 16;

const TROUBLE: Record<MessageKind, (message: RawMessage) => Trouble> = {
  parked: troubleOfParked,
  unrouted: troubleOfUnrouted,
};

/** What there is to file of a message from `usher.parked.v1` or `usher.unrouted.v1`, whatever the message is. */
export function arrivalOf(kind: MessageKind, message: RawMessage): Arrival {
  const trouble = TROUBLE[kind](message);
  const { content, redelivered } = message;
  const whole = content.length <= CONTENT_KEPT;
  const { messageId, type } = carriedOf(message).properties;
  return {
    fingerprint: fingerprintOf(kind, trouble, message),
    kind,
    queue: trouble.queue,
    exchange: trouble.exchange,
    routing_key: trouble.routingKey,
    reason: trouble.reason,
    detail: trouble.detail,
    message_id: messageId ?? null,
    type: type ?? null,
    properties: plainMembers(message.properties),
    headers: plainMembers(message.headers),
    content: whole ? content : content.subarray(0, BEGINNING_KEPT),
    size: content.length,
    whole,
    redrive: redriveOf(message) ?? null,
    redelivered,
  };
}

/** Over the place and what is sent again, so that it stays the same when a redrive comes back. */
function fingerprintOf(kind: MessageKind, { queue, exchange, routingKey }: Trouble, message: RawMessage): string {
  const { properties, headers } = carriedOf(message);
  const place = queue ?? [exchange, routingKey];
  const sorted = Object.entries(headers).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([kind, place, properties, sorted]))
    .update(message.content)
    .digest('base64url');
}

const plainMembers = (table: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, plain(value, 1)]));

/** As JSON can say it. */
function plain(value: unknown, depth: number): unknown {
  if (Buffer.isBuffer(value)) return { base64: value.toString('base64') };
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  if (depth === DEEPEST) return '…';
  return Array.isArray(value)
    ? value.map((item) => plain(item, depth + 1))
    : Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, depth + 1)]));
}
