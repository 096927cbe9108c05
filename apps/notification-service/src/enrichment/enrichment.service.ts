import { Injectable } from '@nestjs/common';
import { UsherError } from '#kernel';
import type { TemplateData } from '../templates/data/template-data.js';
import { conclude, type Enriched, type Facts, plan } from './enrichment.js';
import { EventServiceHttp } from './event-service/event-service-http.js';
import { EventServiceSources } from './sources/event-service-sources.js';

/** Whom a message is for. */
export interface Recipient {
  kind: 'user' | 'attendee';
  id: string;
}

/** Where an e-mail goes, and who reads it. It is personal: neither stored nor logged. */
export interface Contact {
  email: string;
  /** What they are called; the username of a user who has said nothing else. */
  name: string;
  /** What only those have who have an account; else null. */
  account: { username: string; locale: string; timezone: string } | null;
}

/** Finds out what notifications do not carry, before anything is rendered. Waits for no longer than some seconds. */
@Injectable()
export class Enrichment {
  constructor(
    private readonly http: EventServiceHttp,
    private readonly sources: EventServiceSources,
  ) {}

  /** Whether there is anybody to ask; without it, no channel that writes to people can work. */
  get isConfigured(): boolean {
    return this.http.isConfigured;
  }

  /** The data with all that a template `needs`. */
  async enrich(needs: readonly string[], facts: Facts): Promise<Enriched<TemplateData>> {
    const planned = plan(needs, facts);
    if (planned.kind !== 'fetch') return planned;
    return unlessAway(async () => conclude(needs, facts, await this.sources.events.find(planned.eventId)));
  }

  /** How to reach somebody; `missing` where they do not exist, or have been erased. */
  async contactOf(recipient: Recipient): Promise<Enriched<Contact>> {
    return unlessAway(async () => {
      const contact = await this.find(recipient);
      if (contact === undefined) return { kind: 'missing', what: [recipient.kind] };
      return { kind: 'complete', data: contact };
    });
  }

  private async find({ kind, id }: Recipient): Promise<Contact | undefined> {
    if (kind === 'attendee') {
      const attendee = await this.sources.attendees.find(id);
      return attendee === undefined ? undefined : { email: attendee.email, name: attendee.name, account: null };
    }
    const user = await this.sources.users.find(id);
    if (user === undefined) return undefined;
    const { email, full_name, username, locale, timezone } = user;
    return { email, name: full_name ?? username, account: { username, locale, timezone } };
  }
}

async function unlessAway<T>(work: () => Promise<Enriched<T>>): Promise<Enriched<T>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UsherError) || !error.retryable) throw error;
    return { kind: 'unavailable', ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }) };
  }
}
