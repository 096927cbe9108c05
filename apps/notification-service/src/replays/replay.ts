import type { Envelope } from '#contracts';
import { UsherError } from '#kernel';
import type { UndeliveredCounts } from '../delivery/delivery.js';
import { type Interest, wants } from '../subscriptions/matching/interest.js';

export const REPLAY_STATUSES = ['running', 'completed', 'canceled'] as const;
export type ReplayStatus = (typeof REPLAY_STATUSES)[number];

export const CANCELLATION_REASONS = ['requested', 'subscription-deleted'] as const;
export type CancellationReason = (typeof CANCELLATION_REASONS)[number];

/** How many events are looked at in one step. */
export const PAGE = 100;
/** How many deliveries of a replay there are at most that are not settled: what is behind them is not made yet. */
export const WINDOW = 500;
/** Of how many types it is counted what matches; types are whatever producers make up. */
export const TYPES_COUNTED = 100;

/** Events of the archive, on their way to one subscription once more. */
export interface Replay {
  id: string;
  subscription_id: string;
  /** The subscription's owner: they see it, and so they do when the subscription is gone. */
  owner_id: string;
  created_by: { id: string; username: string };
  /** The first position and the last; there are none where the last comes before the first. */
  from: number;
  to: number;
  /** Of these only; null for all that the subscription wants. */
  types: readonly string[] | null;
  /** Counts, and delivers nothing. */
  dry_run: boolean;
  status: ReplayStatus;
  cancellation_reason: CancellationReason | null;
  /** The cursor: everything up to here has been looked at. */
  position: number;
  /** How many of those events are for the subscription. */
  matched: number;
  /** The same by type, for the first types that were met. */
  matched_by_type: readonly { type: string; count: number }[];
  version: number;
  created_at: Date;
  updated_at: Date;
  /** When it was completed or canceled. */
  ended_at: Date | null;
}

export function newReplay(
  asked: Pick<Replay, 'id' | 'subscription_id' | 'owner_id' | 'created_by' | 'from' | 'to' | 'types' | 'dry_run'>,
  now: Date,
): Replay {
  return {
    ...asked,
    status: 'running',
    cancellation_reason: null,
    position: asked.from - 1,
    matched: 0,
    matched_by_type: [],
    version: 1,
    created_at: now,
    updated_at: now,
    ended_at: null,
  };
}

/** The one lane of all its deliveries, so that they go one after the other. */
export const laneOf = ({ id }: Pick<Replay, 'id'>): string => `replay:${id}`;

/** Whether the event is delivered by this replay to whoever has that interest. */
export const replays = ({ types }: Pick<Replay, 'types'>, interest: Interest, envelope: Envelope): boolean =>
  (types === null || types.includes(envelope.type)) && wants(interest, envelope);

/** What there is to do for a running one: look at the next events, wait for deliveries, or end. */
export function nextMove(
  { position, to, dry_run }: Replay,
  { enabled, unsettled }: { enabled: boolean; unsettled: number },
): 'walk' | 'wait' | 'complete' {
  if (position >= to) return unsettled === 0 ? 'complete' : 'wait';
  const mayDeliver = enabled && unsettled + PAGE <= WINDOW;
  return dry_run || mayDeliver ? 'walk' : 'wait';
}

/** The replay once everything up to `position` has been looked at; `matched` are the types of what is for the subscription. */
export function advance(
  replay: Replay,
  { position, matched }: { position: number; matched: readonly string[] },
  now: Date,
) {
  const counts = new Map(replay.matched_by_type.map(({ type, count }) => [type, count]));
  for (const type of matched)
    if (counts.has(type) || counts.size < TYPES_COUNTED) counts.set(type, (counts.get(type) ?? 0) + 1);
  return next(
    {
      ...replay,
      position,
      matched: replay.matched + matched.length,
      matched_by_type: Array.from(counts, ([type, count]) => ({ type, count })),
    },
    now,
  );
}

export const completeReplay = (replay: Replay, now: Date): Replay =>
  next({ ...replay, status: 'completed', ended_at: now }, now);

/** The same object where it is canceled already. Throws `conflict` where it is completed. */
export function cancelReplay(replay: Replay, reason: CancellationReason, now: Date): Replay {
  if (replay.status === 'canceled') return replay;
  if (replay.status === 'completed') throw new UsherError('conflict', 'The replay is completed.');
  return next({ ...replay, status: 'canceled', cancellation_reason: reason, ended_at: now }, now);
}

/** How many of its deliveries have come to what. */
export interface Tally {
  outstanding: number;
  delivered: number;
  dead: number;
  discarded: number;
}

/** Everything that it has made was delivered, but for those of another status; a dry run has made nothing. */
export function tally({ dry_run, matched }: Replay, others: UndeliveredCounts): Tally {
  const { pending = 0, delivering = 0, dead = 0, discarded = 0 } = others;
  const outstanding = pending + delivering;
  const made = dry_run ? 0 : matched;
  return { outstanding, delivered: made - outstanding - dead - discarded, dead, discarded };
}

const next = (replay: Replay, now: Date): Replay => ({ ...replay, version: replay.version + 1, updated_at: now });
