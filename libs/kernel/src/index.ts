export { Batcher, type BatcherOptions } from './batching.js';
export { type Clock, systemClock } from './clock.js';
export { ERROR_CODES, type ErrorCode, type FieldError, UsherError, type UsherErrorOptions } from './errors.js';
export { ID_PATTERN, newId } from './ids.js';
export { inBatches } from './in-batches.js';
export { inLanes } from './lanes.js';
export { Recurrence } from './recurrence.js';
