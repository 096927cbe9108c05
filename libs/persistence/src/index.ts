export { PersistenceModule, type PersistenceOptions } from './connection.js';
export { duplicateKeyFields, fromMongoError } from './errors.js';
export { EventLog, type NewLogEntry } from './event-log/event-log.js';
export { EventLogModule } from './event-log/event-log.module.js';
export { EVENT_LOG, type LogEntry } from './event-log/event-log.schema.js';
export { Transactions } from './transactions.js';
export { trustedFilter } from './trusted-filter.js';
