import type { ConsumeMessage } from 'amqplib';
import type { Envelope } from '#contracts';
import type { ParkedBecause } from './parking.js';
import { parseMessage } from './parse-message.js';

/** One message as a handler gets it. */
export interface Delivery {
  envelope: Envelope;
  /** When this process got it from the broker. */
  receivedAt: Date;
  /** Whether it was delivered before, here or elsewhere, without an acknowledgement. */
  redelivered: boolean;
  /** Ascending in the queue's order within one channel. */
  deliveryTag: number;
}

/** One message as it is, whatever it is. */
export interface RawMessage {
  content: Buffer;
  /** Those that it has, by amqplib's names. */
  properties: Readonly<Record<string, unknown>>;
  headers: Readonly<Record<string, unknown>>;
  exchange: string;
  routingKey: string;
  /** Whether it was delivered before, here or elsewhere, without an acknowledgement. */
  redelivered: boolean;
}

/** What the broker delivered, until it is acknowledged. */
export interface Received {
  message: ConsumeMessage;
}

/** How a consumer takes the messages of its queue. */
export interface Reading<H extends Received> {
  /** What the handler gets of a message, or why it is parked instead. */
  read: (message: ConsumeMessage, receivedAt: Date) => { ok: true; held: H } | ({ ok: false } & ParkedBecause);
  /** Whether what a handler refuses for good is parked; otherwise it is tried again, in its place, for as long as it takes. */
  parks: boolean;
}

/** Messages that are envelopes; any other is parked. */
export const ENVELOPES: Reading<Delivery & Received> = {
  parks: true,
  read: (message, receivedAt) => {
    const parsed = parseMessage(message.content, message.properties.type);
    if (!parsed.ok) return parsed;
    const { deliveryTag, redelivered } = message.fields;
    return { ok: true, held: { envelope: parsed.envelope, receivedAt, redelivered, deliveryTag, message } };
  },
};

/** Messages of any kind: none is ever parked, so that those that are parked can be taken without coming back. */
export const ANYTHING: Reading<RawMessage & Received> = {
  parks: false,
  read: (message) => {
    const { headers, ...properties } = message.properties;
    const { exchange, routingKey, redelivered } = message.fields;
    const said = Object.entries(properties).filter(([, value]) => value !== undefined);
    const held = {
      content: message.content,
      properties: Object.fromEntries(said),
      headers: headers ?? {},
      exchange,
      routingKey,
      redelivered,
      message,
    };
    return { ok: true, held };
  },
};
