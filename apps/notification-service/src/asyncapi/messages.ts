import { z } from 'zod';
import {
  acknowledgementSchema,
  type ClientMessage,
  clientMessageSchemas,
  dataschemaOf,
  ENVELOPE_CONTENT_TYPE,
  envelopeHeadersSchema,
  envelopeSchema,
  EVENT_TYPES,
  gapSchema,
  notificationMetaSchema,
  notificationPayloadSchema,
  readySchema,
  type ServerToClientEvents,
  streamedNotificationSchema,
  type UsherEventType,
} from '#contracts';
import type { MessageExample } from './document.js';
import { busExample, socketExamples, streamExamples } from './examples.js';

/** One message as the document describes it; its shape comes from the contracts. */
export interface MessageDefinition {
  /** The name on the wire. */
  name: string;
  summary: string;
  payload?: z.ZodType;
  headers?: z.ZodType;
  contentType?: string;
  correlationId?: string;
  examples?: readonly MessageExample[];
  bindings?: object;
}

export type Messages = Record<string, MessageDefinition>;

interface Told {
  summary: string;
  /** The arguments of the Socket.IO event. */
  socket?: z.ZodType;
  /** The data of the Server-Sent Event. */
  stream: z.ZodType;
  /** Whether the Server-Sent Event carries a position to go on from. */
  positioned?: true;
  examples?: { socket: readonly MessageExample[]; stream: readonly MessageExample[] };
}

const told = {
  ready: {
    summary: 'The connection is open, and up to where.',
    socket: readySchema,
    stream: readySchema,
  },
  notification: {
    summary: 'Something happened that this person is told of, and has not muted (`PUT /v1/preferences`).',
    socket: z.tuple([notificationPayloadSchema, notificationMetaSchema]).describe('The two arguments of the event'),
    stream: streamedNotificationSchema,
    positioned: true,
    examples: { socket: socketExamples, stream: streamExamples },
  },
  gap: {
    summary: 'Notifications after `from`, up to and including `to`, are gone from history.',
    socket: gapSchema,
    stream: gapSchema,
    positioned: true,
  },
  auth_expired: {
    summary: 'The access token has expired; the connection is closed with this.',
    stream: z.strictObject({}),
  },
} as const satisfies Record<keyof ServerToClientEvents, Told>;

const asked = {
  subscribe: 'Follow an event, durably: the same as `PUT /v1/follows/{event_id}`.',
  unsubscribe: 'Stop following an event: the same as `DELETE /v1/follows/{event_id}`.',
  resume: 'Send again everything since a position, in order, then go on live. Acknowledged once all of it is sent.',
  ack: 'Remember up to where this person has got; the default for their next `resume`.',
  authenticate: 'Prolong the connection by a newer access token of the same user.',
} as const satisfies Record<ClientMessage, string>;

/** Socket.IO events to the client; the payload is the event's argument, or the list of them where there are several. */
export const socketMessages: Messages = mapValues(told, ({ summary, ...message }: Told, name) => ({
  name,
  summary,
  ...(message.socket === undefined ? {} : { payload: message.socket }),
  ...(message.examples === undefined ? {} : { examples: message.examples.socket }),
}));

export const clientMessages: Messages = mapValues(asked, (summary, name) => ({
  name,
  summary,
  payload: clientMessageSchemas[name],
}));

export const acknowledgement: Messages = {
  acknowledgement: {
    name: 'acknowledgement',
    summary: 'The answer to each message of a client, as the argument of its Socket.IO acknowledgement.',
    payload: acknowledgementSchema,
  },
};

export const streamMessages: Messages = prefixed(
  'stream.',
  mapValues(told, ({ summary, stream, positioned, examples }: Told, name) => ({
    name,
    summary,
    payload: stream,
    headers: z.object({
      event: z.literal(name),
      ...(positioned === undefined
        ? {}
        : { id: z.string().regex(/^\d+$/).describe('The position, for `Last-Event-ID`') }),
    }),
    ...(examples === undefined ? {} : { examples: examples.stream }),
  })),
);

/** One message per type and version of what Usher itself publishes. */
export const busMessages: Messages = Object.fromEntries(
  Object.entries(EVENT_TYPES).flatMap(([type, versions]) =>
    versions.map((data, index) => [`${type}.v${index + 1}`, busMessage(type as UsherEventType, index + 1, data)]),
  ),
);

function busMessage(type: UsherEventType, version: number, data: z.ZodType): MessageDefinition {
  return {
    name: type,
    summary: `\`${type}\`, version ${version} of its data.`,
    contentType: ENVELOPE_CONTENT_TYPE,
    headers: envelopeHeadersSchema,
    payload: envelopeSchema.extend({
      type: z.literal(type),
      dataschema: z.literal(dataschemaOf(type, version)),
      data,
    }),
    correlationId: '$message.payload#/correlationid',
    ...(version === EVENT_TYPES[type].length ? { examples: [busExample(type)] } : {}),
    bindings: { amqp: { contentEncoding: 'utf-8', messageType: type, bindingVersion: '0.3.0' } },
  };
}

function mapValues<K extends string, V, R>(record: Record<K, V>, map: (value: V, key: K) => R): Record<K, R> {
  const entries = Object.entries(record) as [K, V][];
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value, key)])) as Record<K, R>;
}

function prefixed(prefix: string, messages: Messages): Messages {
  return Object.fromEntries(Object.entries(messages).map(([name, message]) => [`${prefix}${name}`, message]));
}
