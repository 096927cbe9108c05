import { DEFAULTS, type Subscription, type SubscriptionDetails } from './subscription.js';
import type { SubscriptionPatch } from './subscriptions.dto.js';

/** What a merge patch makes of the details: what it leaves out stays, and null brings the default back. */
export function patched(state: Subscription, { config = {}, ...patch }: SubscriptionPatch): SubscriptionDetails {
  return {
    types: merged(patch.types, state.types, DEFAULTS.types),
    source: merged(patch.source, state.source, DEFAULTS.source),
    filters: merged(patch.filters, state.filters, DEFAULTS.filters),
    protocol: patch.protocol ?? state.protocol,
    sink: patch.sink ?? state.sink,
    config: {
      ordering: merged(config.ordering, state.config.ordering, DEFAULTS.config.ordering),
      enabled: merged(config.enabled, state.config.enabled, DEFAULTS.config.enabled),
      max_attempts: merged(config.max_attempts, state.config.max_attempts, DEFAULTS.config.max_attempts),
    },
  };
}

const merged = <T>(given: T | null | undefined, present: T, byDefault: T): T =>
  given === undefined ? present : (given ?? byDefault);
