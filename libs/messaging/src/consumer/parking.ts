import type { ConsumeMessage } from 'amqplib';
import type { OutgoingMessage } from '../broker/publisher.js';
import { EXCHANGES } from '../topology.js';
import { isShort, safeHeaders, safeProperties } from './safe-properties.js';

/** Why a message is parked: a word to group by, and a sentence for people. */
export interface ParkedBecause {
  reason: string;
  detail: string;
}

const DETAIL_LENGTH = 500;

/** In which headers a parked message says what it has been through. */
export const TOLD = {
  reason: 'x-usher-reason',
  detail: 'x-usher-detail',
  queue: 'x-usher-queue',
  exchange: 'x-usher-exchange',
  routingKey: 'x-usher-routing-key',
} as const;

/**
 * The message as `usher.parked.v1` takes it: body and identity untouched, and in headers where it was, why it is here and
 * at which attempt it failed. Only plain headers come along, and none of the properties that would have the broker act
 * on it again (`expiration`, `userId`, `CC`).
 */
export function parkedMessage(queue: string, message: ConsumeMessage, because: ParkedBecause): OutgoingMessage {
  const { exchange, routingKey } = message.fields;
  const { headers, ...properties } = message.properties;
  return {
    exchange: EXCHANGES.dead,
    routingKey: isShort(routingKey) ? routingKey : queue,
    content: message.content,
    properties: {
      ...safeProperties(properties),
      headers: {
        'x-usher-attempt': 1,
        ...safeHeaders(headers ?? {}),
        [TOLD.reason]: because.reason,
        [TOLD.detail]: because.detail.slice(0, DETAIL_LENGTH),
        [TOLD.queue]: queue,
        [TOLD.exchange]: exchange,
        [TOLD.routingKey]: routingKey,
      },
    },
  };
}
