import { type Failed, retryAt, type RetryPolicy } from './attempts/retry-policy.js';
import type { ChannelName, Outcome, Stage } from './channels/channel.js';
import type { Recipient } from './recipient.js';

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

/** One event on its way to one subscription, or to one person by way of it. */
export interface Delivery {
  id: string;
  channel: ChannelName;
  subscription_id: string;
  /** Absent where the subscription is what receives. */
  recipient?: Recipient;
  event: { position: number; id: string; source: string; type: string; subject: string | null };
  replay_id: string | null;
  /** Deliveries of one lane go one after the other; null for one that waits for no other. */
  lane: string | null;
  status: DeliveryStatus;
  /** Attempts since it was made, or redriven last. */
  tries: number;
  attempts: Attempt[];
  /** The version of the template that its text was made from, so that it can be shown again; absent before, and where there is none. */
  template?: string;
  /** Null while another of its lane has to be settled first, while it is under way, and once it is settled. */
  next_attempt_at: Date | null;
  created_at: Date;
  settled_at: Date | null;
}

/** What an attempt leads to. */
export interface Verdict {
  status: Exclude<DeliveryStatus, 'delivering'>;
  attempt: Attempt;
  template?: string | undefined;
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

const FINAL = {
  delivered: 'succeeded',
  retryable: 'dead',
  permanent: 'dead',
  gone: 'dead',
  needless: 'discarded',
} as const satisfies Record<Outcome['kind'], DeliveryStatus>;

/** Decides what becomes of a delivery after an attempt. `random` is from [0, 1). */
export function judge(policy: RetryPolicy, tried: Tried, random: number): Verdict {
  const { outcome, startedAt, finishedAt } = tried;
  const next = nextAfter(policy, tried, random);
  return {
    status: next === null ? FINAL[outcome.kind] : 'pending',
    attempt: {
      at: startedAt,
      duration_ms: finishedAt.getTime() - startedAt.getTime(),
      status: outcome.status ?? null,
      stage: outcome.kind === 'delivered' ? null : outcome.stage,
      error: outcome.kind === 'delivered' ? null : outcome.error,
      next,
    },
    template: outcome.template,
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
