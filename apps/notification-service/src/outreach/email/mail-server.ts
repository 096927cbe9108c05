import { Inject, Injectable } from '@nestjs/common';
import { hasScope, type Principal } from '#auth';
import { UsherError } from '#kernel';
import { CONFIG, type Config } from '../../config.js';
import { type Match, type Subscriber, Subscribers } from '../../delivery/ports.js';
import { Enrichment } from '../../enrichment/enrichment.service.js';

/** Delivery keeps the mail server as it keeps subscriptions; this one is built in, and below every id that is ever given. */
export const MAIL_SERVER_ID = '000000000000000000000002';

/** The mail server, by way of which people receive: all their e-mails share its breaker and its slots. */
@Injectable()
export class MailServer extends Subscribers {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'SMTP_URL'>,
    private readonly enrichment: Enrichment,
  ) {
    super();
  }

  /** Without a server nothing can be sent, and without event-service nobody’s address be found. */
  get isOn(): boolean {
    return this.config.SMTP_URL !== undefined && this.enrichment.isConfigured;
  }

  /** What is sent goes by people and what they want (`Outreach`), not by events alone. */
  override match(): Promise<Match[]> {
    return Promise.resolve([]);
  }

  /** While e-mail is off, what is to be sent waits. */
  override find(id: string): Promise<Subscriber | undefined> {
    if (id !== MAIL_SERVER_ID) return Promise.resolve(undefined);
    return Promise.resolve({
      enabled: this.isOn,
      sink: this.config.SMTP_URL ?? '',
      secrets: [],
      maxAttempts: Infinity,
    });
  }

  override requireReadable(_id: string, principal: Principal): Promise<void> {
    if (hasScope(principal, 'admin')) return Promise.resolve();
    return Promise.reject(new UsherError('not-found', 'There is no such subscription.'));
  }

  /** No answer of the mail server’s ends anything but one delivery. */
  override disable(): Promise<void> {
    return Promise.resolve();
  }
}
