export { type OutgoingMessage, Publisher } from './broker/publisher.js';
export type { Delivery } from './consumer/consumer-session.js';
export { OrderedBatches } from './consumer/ordered-batches.decorator.js';
export { Consumers, MessagingModule, type MessagingOptions } from './messaging.module.js';
export { Realtime, type RealtimeSubscriber } from './realtime/realtime.js';
export { EXCHANGES, type QueueName } from './topology.js';
export { MongoRelayLog, type MongoRelayLogOptions, type Publishable } from './relay/mongo-relay-log.js';
export { Relay, type RelayOptions } from './relay/relay.js';
