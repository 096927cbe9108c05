import type { ConsumeMessage } from 'amqplib';
import type { OutgoingMessage } from '../broker/publisher.js';
import { EXCHANGES } from '../topology.js';

/** Why a message is parked: a word to group by, and a sentence for people. */
export interface ParkedBecause {
  reason: string;
  detail: string;
}

const DETAIL_LENGTH = 500;
/** A message's properties travel in one frame (131,072 bytes); a poisonous one may have filled it to the brim. */
const HEADERS_LENGTH = 32_768;

/**
 * The message as `usher.parked.v1` keeps it: body and identity untouched, and in headers where it was, why it is here and
 * at which attempt it failed. Only plain headers come along, and none of the properties that would have the broker act
 * on it again (`expiration`, `userId`, `CC`).
 */
export function parkedMessage(queue: string, message: ConsumeMessage, because: ParkedBecause): OutgoingMessage {
  const { exchange, routingKey } = message.fields;
  const { headers, ...properties } = message.properties;
  return {
    exchange: EXCHANGES.dead,
    routingKey,
    content: message.content,
    properties: {
      ...textual(properties, ['messageId', 'type', 'contentType', 'correlationId']),
      headers: {
        'x-usher-attempt': 1,
        ...plain(headers ?? {}),
        'x-usher-reason': because.reason,
        'x-usher-detail': because.detail.slice(0, DETAIL_LENGTH),
        'x-usher-queue': queue,
        'x-usher-exchange': exchange,
        'x-usher-routing-key': routingKey,
      },
    },
  };
}

function textual(properties: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).filter(([name, value]) => names.includes(name) && typeof value === 'string'),
  );
}

function plain(headers: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(headers).filter(
    ([name, value]) => !['CC', 'BCC'].includes(name) && ['string', 'number', 'boolean'].includes(typeof value),
  );
  return JSON.stringify(kept).length > HEADERS_LENGTH ? {} : Object.fromEntries(kept);
}
