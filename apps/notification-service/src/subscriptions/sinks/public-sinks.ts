import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { CONFIG, type Config } from '../../config.js';
import { SinkPolicy } from './sink-policy.js';

type SinkSettings = Pick<Config, 'NODE_ENV' | 'WEBHOOK_ALLOW_PRIVATE'>;

/** Public addresses only, and in production by https, unless `WEBHOOK_ALLOW_PRIVATE` lets any through. */
@Injectable()
export class PublicSinks extends SinkPolicy {
  constructor(@Inject(CONFIG) private readonly settings: SinkSettings) {
    super();
  }

  override objection({ protocol, hostname }: URL): string | undefined {
    if (this.settings.WEBHOOK_ALLOW_PRIVATE) return undefined;
    if (this.settings.NODE_ENV === 'production' && protocol !== 'https:') return 'must be an https URL';
    return isPublicHost(hostname) ? undefined : 'must not be at a private, loopback or otherwise non-public address';
  }
}

/** By its letters alone. `hostname` is a URL's, which has every notation of an IPv4 address in dotted decimal. */
function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === 'unicast';
  return !/(?:^|\.)localhost$/i.test(host);
}
