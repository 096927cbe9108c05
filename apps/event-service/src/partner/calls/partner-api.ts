import { z } from 'zod';
import { PartnerFailure } from '../partner.js';
import {
  type NewPartnerEvent,
  partnerEvent,
  type PartnerEvent,
  partnerReceipt,
  partnerUser,
  type PartnerUser,
  toPartner,
} from './partner-contract.js';
import type { PartnerHttp } from './partner-http.js';

const ABSENT = [404];
/** What a request is refused with that could be another: malformed, for an unknown user, there already, invalid. */
const BAD_EVENT = [400, 404, 409, 422];

/** What the partner offers. Every method throws PartnerFailure. */
export class PartnerApi {
  constructor(private readonly http: PartnerHttp) {}

  /** All of its users. */
  getUsers(signal: AbortSignal): Promise<PartnerUser[]> {
    return this.http.call({ operation: 'get_users', path: '/getUsers', answers: z.array(partnerUser) }, signal);
  }

  /** All of its events. */
  getEvents(signal: AbortSignal): Promise<PartnerEvent[]> {
    return this.http.call({ operation: 'get_events', path: '/getEvents', answers: z.array(partnerEvent) }, signal);
  }

  /** Undefined where there is none. */
  getUser(id: string, signal: AbortSignal): Promise<PartnerUser | undefined> {
    const path = `/getUserById/${encodeURIComponent(id)}`;
    return orAbsent(this.http.call({ operation: 'get_user', path, answers: partnerUser, refusals: ABSENT }, signal));
  }

  /** Undefined where there is none. */
  getEvent(id: string, signal: AbortSignal): Promise<PartnerEvent | undefined> {
    const path = `/getEventById/${encodeURIComponent(id)}`;
    return orAbsent(this.http.call({ operation: 'get_event', path, answers: partnerEvent, refusals: ABSENT }, signal));
  }

  /** Adds an event; its id is the key by which the partner can tell a repetition. */
  async addEvent(event: NewPartnerEvent, signal: AbortSignal): Promise<void> {
    await this.http.call(
      {
        operation: 'add_event',
        path: '/addEvent',
        body: toPartner(event),
        idempotencyKey: event.id,
        answers: partnerReceipt,
        refusals: BAD_EVENT,
      },
      signal,
    );
  }
}

async function orAbsent<T>(calling: Promise<T>): Promise<T | undefined> {
  try {
    return await calling;
  } catch (error) {
    if (error instanceof PartnerFailure && error.kind === 'refused') return undefined;
    throw error;
  }
}
