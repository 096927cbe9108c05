import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Contacts, EventResource } from '#contracts';
import { newId } from '#kernel';
import { type Answering, type Received, Receiver } from '../../../test/receiver.js';

const lookupBody = z.strictObject({
  user_ids: z.array(z.string()).max(500),
  attendee_ids: z.array(z.string()).max(500),
});
const tokenBody = z.object({ client_id: z.string(), client_secret: z.string(), scope: z.string() });

/** What all who have an account have of one. */
export const ACCOUNT = { username: 'ada', locale: 'pt-BR', timezone: 'America/Sao_Paulo' };

const reply = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Whatever it is asked. */
export const replies =
  (status: number, body: object = {}, headers: Record<string, string> = {}): Answering =>
  (response) =>
    reply(response, status, body, headers);

/** What event-service documents of the routes that enrichment calls, over real HTTP. */
export class EventServiceStandIn {
  readonly client = { id: newId(), secret: `secret-${newId()}-${newId()}` };
  readonly people = new Map<string, string>();
  readonly events = new Map<string, EventResource>();
  /** By the id of the event; anybody may have them. */
  readonly calendars = new Map<string, string>();
  /** The only one that is good. */
  private token = '';
  /** What it does instead of what is documented, once a token is there. */
  instead: Answering | undefined;

  private constructor(private readonly receiver: Receiver) {
    receiver.answering = (response, request, received) => {
      if (received.path === '/v1/auth/token') return this.issueToken(response, received);
      if (this.instead !== undefined) return this.instead(response, request, received);
      if (received.path?.endsWith('.ics') === true) return this.tellCalendar(response, received.path);
      if (received.headers.authorization !== `Bearer ${this.token}`) return reply(response, 401, {});
      this.tell(response, received);
    };
  }

  static async start(): Promise<EventServiceStandIn> {
    return new EventServiceStandIn(await Receiver.start());
  }

  get url(): string {
    return `http://127.0.0.1:${this.receiver.port}`;
  }

  /** The requests for a path so far. */
  asked(path: string): Received[] {
    return this.receiver.received.filter((request) => request.path === path);
  }

  /** Somebody with an account, who is reached at the address that is told. */
  person(id = newId()): { id: string; email: string } {
    const email = `${id}@example.com`;
    this.people.set(id, email);
    return { id, email };
  }

  /** Tokens that have been issued are worth nothing from now on. */
  revokeTokens(): void {
    this.token = newId();
  }

  forgetRequests(): void {
    this.receiver.received.length = 0;
  }

  close(): Promise<void> {
    return this.receiver.close();
  }

  private issueToken(response: ServerResponse, { body }: Received): void {
    const { client_id, client_secret, scope } = tokenBody.parse(JSON.parse(body));
    const isGood = client_id === this.client.id && client_secret === this.client.secret && scope === 'contacts:read';
    if (!isGood) return reply(response, 401, {});
    this.token = newId();
    reply(response, 200, { access_token: this.token, token_type: 'Bearer', expires_in: 600, scope });
  }

  private tell(response: ServerResponse, { method, path = '', body }: Received): void {
    if (method === 'POST' && path === '/v1/contacts/lookup') return reply(response, 200, this.lookUp(body));
    const event = this.events.get(path.replace('/v1/events/', ''));
    if (event === undefined) reply(response, 404, { code: 'not-found' });
    else reply(response, 200, event);
  }

  private tellCalendar(response: ServerResponse, path: string): void {
    const calendar = this.calendars.get(path.replace('/v1/events/', '').replace('.ics', ''));
    if (calendar === undefined) return reply(response, 404, { code: 'not-found' });
    response.writeHead(200, { 'content-type': 'text/calendar; charset=utf-8' }).end(calendar);
  }

  private lookUp(body: string): Contacts {
    const { user_ids = [], attendee_ids = [] } = lookupBody.partial().parse(JSON.parse(body));
    const known = (ids: readonly string[]) =>
      [...new Set(ids)].flatMap((id) => {
        const email = this.people.get(id);
        return email === undefined ? [] : [{ id, email }];
      });
    return {
      users: known(user_ids).map((one) => ({ ...one, ...ACCOUNT, full_name: null, is_verified: false })),
      attendees: known(attendee_ids).map((one) => ({ ...one, name: 'Ada Lovelace', user_id: null })),
    };
  }
}
