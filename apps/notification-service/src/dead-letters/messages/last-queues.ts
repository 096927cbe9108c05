import type { QueueName } from '#messaging';

/** Where what could not be processed ends up, and what nobody wanted. */
export const PARKED = 'usher.parked.v1' satisfies QueueName;
export const UNROUTED = 'usher.unrouted.v1' satisfies QueueName;
export const LAST_QUEUES = [PARKED, UNROUTED] as const;

/** Of each, in an instance: a flood of them is not to fill its memory. */
export const FILED_AT_ONCE = 16;
