import { UsherError } from '#kernel';
import { type Objection, settingsObjections } from './protocol.js';
import { DEFAULTS, type Subscription, type SubscriptionDetails } from './subscription.js';
import type { SubscriptionPatch } from './subscriptions.dto.js';

/**
 * What a merge patch makes of the details: what it leaves out stays, and null brings the default back. Throws
 * `validation-failed` for what the subscription's protocol does not take, another protocol for one.
 */
export function patched(state: Subscription, { config = {}, ...patch }: SubscriptionPatch): SubscriptionDetails {
  requireFitting(state, patch);
  return {
    types: merged(patch.types, state.types, DEFAULTS.types),
    source: merged(patch.source, state.source, DEFAULTS.source),
    filters: merged(patch.filters, state.filters, DEFAULTS.filters),
    protocol: state.protocol,
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

function requireFitting({ protocol }: Subscription, patch: Omit<SubscriptionPatch, 'config'>): void {
  const objections: Objection[] = settingsObjections(protocol, patch.protocolsettings ?? {});
  if (patch.protocol !== undefined && patch.protocol !== protocol)
    objections.unshift({ path: ['protocol'], message: 'cannot be changed: make another subscription' });
  if (objections.length === 0) return;
  throw new UsherError('validation-failed', 'The subscription has another protocol.', {
    errors: objections.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, message })),
  });
}
