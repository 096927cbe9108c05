/** `parked` could not be processed by whoever took it from its queue; `unrouted` was published, and no queue wanted it. */
export const MESSAGE_KINDS = ['parked', 'unrouted'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** `open` waits for somebody; `redriving` is about to be published again; the others are done with. */
export const MESSAGE_STATUSES = ['open', 'redriving', 'redriven', 'discarded'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** How much of its history a message keeps: the latest. */
export const HISTORY_KEPT = 100;
/** After that, what is done with is forgotten. */
export const DONE_KEPT_DAYS = 30;

export interface Somebody {
  id: string;
  username: string;
}

/** It was filed, for the first time or again, or somebody did something about it. */
export type HistoryEntry =
  /** `redrive`: which one it came back from, by number. */
  | { what: 'filed'; at: Date; reason: string; detail: string | null; redrive: number | null }
  | { what: 'redriven' | 'discarded'; at: Date; by: Somebody };

/** A message as it comes to be filed. */
export interface Arrival {
  /** The same for every copy of a message that comes from one place, and for no other. */
  fingerprint: string;
  kind: MessageKind;
  queue: string | null;
  exchange: string;
  routing_key: string;
  reason: string;
  detail: string | null;
  message_id: string | null;
  type: string | null;
  properties: Record<string, unknown>;
  headers: Record<string, unknown>;
  /** All of it, or the beginning where it is too large to be kept. */
  content: Buffer;
  /** Of the whole content, in bytes. */
  size: number;
  /** Whether all of it is kept. */
  whole: boolean;
  /** The redrive that it comes back from. */
  redrive: { deadLetter: string; number: number } | null;
  /** It may have been here before, and have been filed. */
  redelivered: boolean;
}

/** A message that could not be processed, or that nobody wanted. */
export interface DeadMessage extends Omit<Arrival, 'redrive' | 'redelivered'> {
  id: string;
  status: MessageStatus;
  history: HistoryEntry[];
  /** How often it was filed. */
  times: number;
  /** How often it was redriven. */
  redrives: number;
  /** The dead letter as whose redrive it came here first, from elsewhere. */
  redriven_from: string | null;
  first_seen: Date;
  /** When it was filed last. */
  dead_since: Date;
  /** When it is forgotten; null while it is not done with. */
  expires_at: Date | null;
}

export function fileNew({ redrive, redelivered: _, ...message }: Arrival, id: string, now: Date): DeadMessage {
  return {
    ...message,
    id,
    status: 'open',
    history: [filed(message, null, now)],
    times: 1,
    redrives: 0,
    redriven_from: redrive?.deadLetter ?? null,
    first_seen: now,
    dead_since: now,
    expires_at: null,
  };
}

/** What changes in a message of which another copy, or the same once more, has come. */
export type Refiled = Pick<
  DeadMessage,
  'status' | 'reason' | 'detail' | 'history' | 'times' | 'dead_since' | 'expires_at'
>;

/**
 * Files another copy of a message; undefined where it is the same once more. A redrive comes back once, however often it
 * was published. Of other copies the broker knows whether they were delivered before; where such a one finds the message
 * done with, it is better shown twice than never.
 */
export function fileAgain(known: Omit<DeadMessage, 'content'>, arrival: Arrival, now: Date): Refiled | undefined {
  const redrive = redriveOf(known, arrival);
  const isOpen = known.status === 'open' || known.status === 'redriving';
  if (redrive === null ? arrival.redelivered && isOpen : cameBack(known, redrive)) return undefined;
  return {
    // A copy that comes while another is about to be published is tried again with it.
    status: known.status === 'redriving' && redrive !== known.redrives ? 'redriving' : 'open',
    reason: arrival.reason,
    detail: arrival.detail,
    history: [...known.history, filed(arrival, redrive, now)].slice(-HISTORY_KEPT),
    times: known.times + 1,
    dead_since: now,
    expires_at: null,
  };
}

const filed = ({ reason, detail }: Pick<Arrival, 'reason' | 'detail'>, redrive: number | null, at: Date) =>
  ({ what: 'filed', at, reason, detail, redrive }) as const;

/** Headers can be forged: only a redrive that took place counts. */
function redriveOf({ id, redrives }: Pick<DeadMessage, 'id' | 'redrives'>, { redrive }: Arrival): number | null {
  return redrive?.deadLetter === id && redrive.number <= redrives ? redrive.number : null;
}

const cameBack = ({ history }: Pick<DeadMessage, 'history'>, redrive: number): boolean =>
  history.some((entry) => entry.what === 'filed' && entry.redrive === redrive);

/** When what is done with now is forgotten. */
export const forgottenAt = (now: Date): Date => new Date(now.getTime() + DONE_KEPT_DAYS * 86_400_000);
