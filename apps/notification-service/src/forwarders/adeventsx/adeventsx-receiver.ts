import { Inject, Injectable } from '@nestjs/common';
import { hasScope, type Principal } from '#auth';
import type { Envelope } from '#contracts';
import { UsherError } from '#kernel';
import { CONFIG, type Config } from '../../config.js';
import { type Match, type Subscriber, Subscribers } from '../../delivery/ports.js';
import { isForAdEventsX, RECEIVER_ID } from './forwarding.js';

/** AdEventsX, which receives what is requested for it as if it had subscribed to that. */
@Injectable()
export class AdEventsXReceiver extends Subscribers {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'ADEVENTSX_URL'>) {
    super();
  }

  override match(envelopes: readonly Envelope[]): Promise<Match[]> {
    const subscription = { id: RECEIVER_ID, channel: 'adeventsx', ordering: 'none' } as const;
    return Promise.resolve(envelopes.filter(isForAdEventsX).map((envelope) => ({ envelope, subscription })));
  }

  /** Without an address, what was accepted while there was one waits. */
  override find(id: string): Promise<Subscriber | undefined> {
    if (id !== RECEIVER_ID) return Promise.resolve(undefined);
    const { ADEVENTSX_URL: url } = this.config;
    return Promise.resolve({ enabled: url !== undefined, sink: url ?? '', secrets: [], maxAttempts: Infinity });
  }

  override requireReadable(_id: string, principal: Principal): Promise<void> {
    if (hasScope(principal, 'forward:write')) return Promise.resolve();
    return Promise.reject(new UsherError('not-found', 'There is no such subscription.'));
  }

  /** No answer of AdEventsX's ends anything but one delivery. */
  override disable(): Promise<void> {
    return Promise.resolve();
  }
}
