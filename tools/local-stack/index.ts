export { startLocalStack, type LocalStack, type LocalStackOptions } from './local-stack.js';
export { startMongodb, type Mongodb, type MongodbOptions } from './mongodb/mongodb.js';
export { startRabbitmq } from './rabbitmq/ways.js';
export type { Rabbitmq, RabbitmqOptions } from './rabbitmq/rabbitmq.js';
export { createVirtualHost, deleteVirtualHost, type BrokerAddress } from './rabbitmq/virtual-hosts.js';
export type { LocalServer } from './server.js';
export type { OnStep, StepEvent } from './progress.js';
export { NothingWorked } from './ways.js';
