import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { mayBePublic } from '../outbound/public-address.js';
import { sinkObjection } from './protocol.js';
import type { Protocol } from './subscription.js';

type SinkSettings = Pick<Config, 'NODE_ENV' | 'WEBHOOK_ALLOW_PRIVATE'>;

/**
 * Which addresses can be subscribed: public ones, and in production by https, unless `WEBHOOK_ALLOW_PRIVATE` lets any
 * through. What a name resolves to is checked where it is dialled. A bus of EventBridge is no address: AWS says where it is.
 */
@Injectable()
export class SinkPolicy {
  constructor(@Inject(CONFIG) private readonly settings: SinkSettings) {}

  /** What is wrong with a sink, in words that continue its name; undefined where nothing is. */
  objection(protocol: Protocol, sink: string): string | undefined {
    const objection = sinkObjection(protocol, sink);
    if (objection !== undefined || protocol === 'EVENTBRIDGE') return objection;
    return this.addressObjection(new URL(sink));
  }

  private addressObjection({ protocol, hostname }: URL): string | undefined {
    if (this.settings.WEBHOOK_ALLOW_PRIVATE) return undefined;
    if (this.settings.NODE_ENV === 'production' && protocol !== 'https:') return 'must be an https URL';
    return mayBePublic(hostname) ? undefined : 'must not be at a private, loopback or otherwise non-public address';
  }
}
