import type { Envelope } from '#contracts';
import type { RetryPolicy } from '../attempts/retry-policy.js';
import type { Recipient } from '../recipient.js';

/** The ways out of Usher; each has a queue of its own. */
export const CHANNELS = ['webhook', 'eventbridge', 'event-grid', 'adeventsx', 'email'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** How far an attempt came: it says where to look for the fault. */
export const STAGES = ['prepare', 'address', 'connect', 'answer', 'timeout'] as const;
export type Stage = (typeof STAGES)[number];

/** What a channel is asked to bring to its receiver, once. */
export interface Shipment {
  /** The delivery's id: the same at every attempt, so that the receiver can tell a repetition. */
  id: string;
  envelope: Envelope;
  /** Where to. */
  sink: string;
  /** What to sign with; the newest first. */
  secrets: readonly string[];
  /** The replay that it is part of; null for what is delivered as it happens. */
  replayId: string | null;
  /** The person whom it is for; absent where whoever is at `sink` is meant. */
  recipient?: Recipient;
  /** The version of a template that an earlier attempt was made from. */
  template?: string;
}

interface Failure {
  stage: Stage;
  /** A sentence for the subscriber. */
  error: string;
  /** The receiver's answer, where it gave one, as its protocol counts. */
  status?: number;
  /** What it says of a destination that others use as well: that it is well all the same, or nothing. Otherwise it is at fault. */
  destination?: 'well' | 'unknown';
}

/** What became of one attempt. */
export type Outcome = Result & {
  /** The version of a template that it was made from. */
  template?: string;
};

type Result =
  | { kind: 'delivered'; status?: number }
  /** It may work later; after `retryAfter` seconds, where the receiver said so. */
  | ({ kind: 'retryable'; retryAfter?: number } & Failure)
  /** It will not work, however often it is tried. */
  | ({ kind: 'permanent' } & Failure)
  /** There is nobody to bring it to any more, or nobody who wants it. */
  | ({ kind: 'needless' } & Failure)
  /** The receiver wants nothing any more. */
  | ({ kind: 'gone' } & Failure);

/** One way out. Every channel passes the suite in `testing/channel-suite.ts`. */
export interface Channel {
  readonly name: ChannelName;
  readonly retries: RetryPolicy;
  /** Whether failures in a row hold back what else is for the same destination. Not where the schedule is a promise. */
  readonly breaks: boolean;
  /**
   * Makes one attempt. Never throws for what the receiver or the network does: that is an outcome. Gives up as soon as
   * `signal` is aborted, with a `retryable` outcome of stage `timeout`.
   */
  deliver(shipment: Shipment, signal: AbortSignal): Promise<Outcome>;
}
