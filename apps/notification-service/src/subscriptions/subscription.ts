import type { Filter } from './matching/filter.js';
import type { Audience } from './matching/interest.js';

/** How events get to the sink: a webhook, a bus of Amazon EventBridge, a topic of Azure Event Grid. */
export const PROTOCOLS = ['HTTP', 'EVENTBRIDGE', 'EVENTGRID'] as const;
export type Protocol = (typeof PROTOCOLS)[number];
export const ORDERINGS = ['none', 'subject'] as const;

/** What the subscriber says of the subscription, and may change. */
export interface SubscriptionDetails {
  /** Null for any type. */
  types: readonly string[] | null;
  source: string | null;
  /** All of them have to pass. */
  filters: readonly Filter[];
  protocol: Protocol;
  sink: string;
  config: {
    /** `subject`: events of one subject are delivered one after the other, in the order of the archive. */
    ordering: (typeof ORDERINGS)[number];
    /** A subscription that is not enabled matches nothing. */
    enabled: boolean;
    /** How often a delivery is tried before it becomes a dead letter. */
    max_attempts: number;
  };
}

export const DEFAULTS = {
  types: null,
  source: null,
  filters: [],
  config: { ordering: 'none', enabled: true, max_attempts: 10 },
} as const satisfies Partial<SubscriptionDetails>;

/** What the sink knows deliveries by, encrypted: a key that they are signed with, or the access key of a topic. */
export interface SealedSecret {
  sealed: string;
  /** Null for the present one, which comes first. */
  expires_at: Date | null;
}

/** Why a subscription is not enabled, where its subscriber has not said so. */
export type DisabledReason = 'sink-gone';

export interface Subscription extends SubscriptionDetails {
  id: string;
  owner: { id: string; username: string };
  audience: Audience;
  disabled_reason: DisabledReason | null;
  secrets: readonly SealedSecret[];
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** How long a secret stays valid beside the one that replaced it. */
export const SECRET_OVERLAP_MS = 24 * 3_600_000;
/** Each valid secret is one more signature on every delivery. */
export const MAX_SECRETS = 5;

export function newSubscription(
  {
    details,
    sealed,
    ...whose
  }: Pick<Subscription, 'id' | 'owner' | 'audience'> & {
    details: SubscriptionDetails;
    /** Undefined where the sink needs none. */
    sealed: string | undefined;
  },
  now: Date,
): Subscription {
  return {
    ...whose,
    ...details,
    disabled_reason: null,
    secrets: sealed === undefined ? [] : [onlySecret(sealed)],
    version: 1,
    created_at: now,
    updated_at: now,
  };
}

/** A secret beside which no other is valid. */
export const onlySecret = (sealed: string): SealedSecret => ({ sealed, expires_at: null });

/**
 * The subscription with those details; the same object where they say nothing new. `audience` is what its owner may see by
 * now, where it is they who change it.
 */
export function changeSubscription(
  state: Subscription,
  { audience = state.audience, ...given }: Partial<SubscriptionDetails & Pick<Subscription, 'audience' | 'secrets'>>,
  now: Date,
): Subscription {
  const changed = { ...state, ...given, audience };
  if (changed.config.enabled) changed.disabled_reason = null;
  return JSON.stringify(changed) === JSON.stringify(state) ? state : next(changed, now);
}

export const setEnabled = (state: Subscription, enabled: boolean, now: Date): Subscription =>
  changeSubscription(state, { config: { ...state.config, enabled } }, now);

/** Pauses it for a reason that its subscriber is to see. */
export function disableSubscription(state: Subscription, reason: DisabledReason, now: Date): Subscription {
  if (!state.config.enabled) return state;
  return next({ ...state, config: { ...state.config, enabled: false }, disabled_reason: reason }, now);
}

/** The subscription with a new secret, beside which those before it stay valid for a day; undefined where there are too many. */
export function rotateSecret(state: Subscription, sealed: string, now: Date): Subscription | undefined {
  const expires_at = new Date(now.getTime() + SECRET_OVERLAP_MS);
  const before = validSecrets(state, now).map((secret) => ({ ...secret, expires_at: secret.expires_at ?? expires_at }));
  if (before.length >= MAX_SECRETS) return undefined;
  return next({ ...state, secrets: [onlySecret(sealed), ...before] }, now);
}

/** What deliveries are signed with at `now`, the newest first. */
export const validSecrets = ({ secrets }: Subscription, now: Date): SealedSecret[] =>
  secrets.filter(({ expires_at }) => expires_at === null || expires_at > now);

const next = (state: Subscription, now: Date): Subscription => ({
  ...state,
  version: state.version + 1,
  updated_at: now,
});
