import { type Failed, retryAt, type RetryPolicy } from './attempts/retry-policy.js';
import type { ChannelName, Outcome, Stage } from './channels/channel.js';

/** `pending` waits for its turn, `delivering` is under way; the others are final, but for `dead`, which can be redriven. */
export const DELIVERY_STATUSES = ['pending', 'delivering', 'succeeded', 'dead', 'discarded'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const UNSETTLED = ['pending', 'delivering'] as const satisfies readonly DeliveryStatus[];

/** How many there are of each status; those that succeeded, which may be very many, are left out. */
export type UndeliveredCounts = Partial<Record<Exclude<DeliveryStatus, 'succeeded'>, number>>;

/** One try at bringing it there. */
export interface Attempt {
  at: Date;
  duration_ms: number;
  /** The receiver's answer, where it gave one. */
  status: number | null;
  stage: Stage | null;
  /** Null where it arrived. */
  error: string | null;
  /** When the next is due; null where there is none. */
  next: Date | null;
}

/** One event on its way to one subscription. */
export interface Delivery {
  id: string;
  channel: ChannelName;
  subscription_id: string;
  event: { position: number; id: string; source: string; type: string; subject: string | null };
  replay_id: string | null;
  /** Deliveries of one lane go one after the other; null for one that waits for no other. */
  lane: string | null;
  status: DeliveryStatus;
  /** Attempts since it was made, or redriven last. */
  tries: number;
  attempts: Attempt[];
  /** Null while another of its lane has to be settled first, while it is under way, and once it is settled. */
  next_attempt_at: Date | null;
  created_at: Date;
  settled_at: Date | null;
}

/** What an attempt leads to. */
export interface Verdict {
  status: Extract<DeliveryStatus, 'pending' | 'succeeded' | 'dead'>;
  attempt: Attempt;
  /** The subscription is not to be delivered to any more. */
  disables: boolean;
}

export interface Tried {
  outcome: Outcome;
  startedAt: Date;
  finishedAt: Date;
  tries: number;
  maxTries: number;
}

/** Decides what becomes of a delivery after an attempt. `random` is from [0, 1). */
export function judge(policy: RetryPolicy, tried: Tried, random: number): Verdict {
  const { outcome, startedAt, finishedAt } = tried;
  const next = nextAfter(policy, tried, random);
  return {
    status: outcome.kind === 'delivered' ? 'succeeded' : next === null ? 'dead' : 'pending',
    attempt: {
      at: startedAt,
      duration_ms: finishedAt.getTime() - startedAt.getTime(),
      status: outcome.status ?? null,
      stage: outcome.kind === 'delivered' ? null : outcome.stage,
      error: outcome.kind === 'delivered' ? null : outcome.error,
      next,
    },
    disables: outcome.kind === 'gone',
  };
}

function nextAfter(policy: RetryPolicy, { outcome, finishedAt, tries, maxTries }: Tried, random: number): Date | null {
  if (outcome.kind !== 'retryable') return null;
  const failed: Failed = { tries, maxTries, retryAfter: outcome.retryAfter };
  return retryAt(policy, failed, finishedAt, random);
}

/** The lane of an event's delivery: what is about nothing in particular waits for nothing. */
export const laneOf = (
  { id, ordering }: { id: string; ordering: 'none' | 'subject' },
  subject: string | null,
): string | null => (ordering === 'subject' && subject !== null ? `${id}:${subject}` : null);
