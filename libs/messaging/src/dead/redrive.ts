import { z } from 'zod';
import type { OutgoingMessage } from '../broker/publisher.js';
import type { RawMessage } from '../consumer/reading.js';
import { isShort, safeHeaders, safeProperties, type SafeProperties } from '../consumer/safe-properties.js';
import { EXCHANGES, isQueue } from '../topology.js';
import type { Trouble } from './trouble.js';

const NAMES = { deadLetter: 'x-usher-dead-letter', number: 'x-usher-redrive' } as const;
/** What Usher and the broker have written on a message on its way. */
const WRITTEN_ON_IT = /^x-(?:usher-|death$|first-death-|last-death-|delivery-count$|acquired-count$)/;

/** Which time a dead letter is tried again. */
interface Redrive {
  deadLetter: string;
  /** From 1. */
  number: number;
}

const headersOfRedrive = z.object({ [NAMES.deadLetter]: z.string(), [NAMES.number]: z.int().positive() });

/** The redrive that a message comes from; undefined for one that has not been redriven. */
export function redriveOf({ headers }: Pick<RawMessage, 'headers'>): Redrive | undefined {
  const { data } = headersOfRedrive.safeParse(headers);
  return data && { deadLetter: data[NAMES.deadLetter], number: data[NAMES.number] };
}

interface Carried {
  properties: SafeProperties;
  headers: Record<string, string | number | boolean>;
}

/** What of a message comes along when it is sent again, and so stays the same however often that is done. */
export function carriedOf({ properties, headers }: Pick<RawMessage, 'properties' | 'headers'>): Carried {
  const own = Object.entries(safeHeaders(headers)).filter(([name]) => !WRITTEN_ON_IT.test(name));
  return { properties: safeProperties(properties), headers: Object.fromEntries(own) };
}

/**
 * A dead message, to be published once more: to the queue that it was parked from and to no other, or to the exchange that
 * found no queue for it. Where there is no such queue or exchange (any more), it is unrouted.
 */
export function redrivenMessage(
  { content, properties, headers }: Pick<RawMessage, 'content' | 'properties' | 'headers'>,
  { queue, exchange, routingKey }: Pick<Trouble, 'queue' | 'exchange' | 'routingKey'>,
  { deadLetter, number }: Redrive,
): OutgoingMessage {
  const carried = carriedOf({ properties, headers });
  const key = isShort(routingKey) ? routingKey : '';
  return {
    ...(queue !== null && isQueue(queue)
      ? { exchange: '', routingKey: queue }
      : { exchange: queue === null && exchange === EXCHANGES.events ? exchange : EXCHANGES.unrouted, routingKey: key }),
    content,
    properties: {
      ...carried.properties,
      headers: { 'x-usher-attempt': 1, ...carried.headers, [NAMES.deadLetter]: deadLetter, [NAMES.number]: number },
    },
  };
}
