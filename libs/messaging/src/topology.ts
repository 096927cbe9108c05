import type { Channel } from 'amqplib';

/** Exchanges by what they carry. */
export const EXCHANGES = {
  /** Everything that happened; the routing key is the CloudEvents type. */
  events: 'usher.events',
  /** What was confirmed although no queue wanted it. */
  unrouted: 'usher.unrouted',
  /** What could not be processed. */
  dead: 'usher.dead',
  /** Transient messages from each instance to every instance. */
  realtime: 'usher.realtime',
} as const;

const ALL = ['#'];
/** Reached through the default exchange, by the queue's own name. */
const NONE: readonly string[] = [];
/** Far above anything seen in practice; at the limit a publish is refused, and whoever publishes keeps what it has. */
const MAX_LENGTH = 1_000_000;

const quorum = { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish', 'x-max-length': MAX_LENGTH } as const;

/** Work in progress: what fails too often for the broker to believe in it goes to `usher.dead`, confirmed. */
const work = {
  ...quorum,
  'x-delivery-limit': 20,
  'x-dead-letter-exchange': EXCHANGES.dead,
  'x-dead-letter-strategy': 'at-least-once',
} as const;

/**
 * The end of the line: nothing leaves but by hand. RabbitMQ 4 drops after 20 deliveries what has no other limit and no
 * dead-letter exchange; 3.10 knows no "unlimited", hence a number that is never reached.
 */
const kept = { ...quorum, 'x-delivery-limit': 1_000_000_000 } as const;

/**
 * The one table of Usher's exchanges and queues. To change a queue's arguments is to give it a new name with the next
 * version: the broker refuses a redeclaration with other arguments. The arguments hold for RabbitMQ 3.10 and 4.x alike.
 */
export const TOPOLOGY = {
  exchanges: {
    [EXCHANGES.unrouted]: { type: 'fanout', arguments: {} },
    [EXCHANGES.events]: { type: 'topic', arguments: { 'alternate-exchange': EXCHANGES.unrouted } },
    [EXCHANGES.dead]: { type: 'topic', arguments: {} },
    [EXCHANGES.realtime]: { type: 'fanout', arguments: {} },
  },
  queues: {
    'usher.unrouted.v1': { from: EXCHANGES.unrouted, keys: ALL, arguments: kept },
    'usher.parked.v1': { from: EXCHANGES.dead, keys: ALL, arguments: kept },
    'notification-service.intake.v1': {
      from: EXCHANGES.events,
      keys: ALL,
      arguments: { ...work, 'x-single-active-consumer': true },
    },
    'notification-service.delivery.webhook.v1': { from: EXCHANGES.events, keys: NONE, arguments: work },
    'notification-service.delivery.eventbridge.v1': { from: EXCHANGES.events, keys: NONE, arguments: work },
    'notification-service.delivery.event-grid.v1': { from: EXCHANGES.events, keys: NONE, arguments: work },
    'notification-service.delivery.adeventsx.v1': { from: EXCHANGES.events, keys: NONE, arguments: work },
    'notification-service.delivery.email.v1': { from: EXCHANGES.events, keys: NONE, arguments: work },
    'event-service.workflows.v1': {
      from: EXCHANGES.events,
      keys: ['usher.event.*', 'usher.booking.canceled', 'usher.booking.waitlisted', 'usher.attendee.removed'],
      arguments: { ...work, 'x-single-active-consumer': true },
    },
  },
} as const;

export type QueueName = keyof typeof TOPOLOGY.queues;

/** Whether there is a queue of that name. */
export const isQueue = (name: string): name is QueueName => Object.hasOwn(TOPOLOGY.queues, name);

/**
 * Declares the whole table; does nothing where all of it stands. Whoever publishes or consumes declares all of it on every
 * new channel: a publisher that starts before its consumer ever has must not find the consumer's queue missing. Throws
 * where the broker has one of them with other arguments.
 */
export async function declareTopology(channel: Channel): Promise<void> {
  for (const [name, exchange] of Object.entries(TOPOLOGY.exchanges))
    await channel.assertExchange(name, exchange.type, { durable: true, arguments: exchange.arguments });
  for (const [name, queue] of Object.entries(TOPOLOGY.queues)) {
    await channel.assertQueue(name, { durable: true, arguments: queue.arguments });
    for (const key of queue.keys) await channel.bindQueue(name, queue.from, key);
  }
}
