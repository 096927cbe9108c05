import { io, type Socket } from 'socket.io-client';
import type {
  ClientToServerEvents,
  Envelope,
  EventResource,
  GapMessage,
  NotificationMeta,
  NotificationPayload,
  ReadyMessage,
  Scope,
  ServerToClientEvents,
} from '#contracts';

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** A socket that remembers all it was sent, over all of its connections. */
export interface Listener {
  socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  ready: ReadyMessage[];
  received: { payload: NotificationPayload; meta: NotificationMeta; at: number }[];
  gaps: GapMessage[];
}

export interface ServiceUrls {
  events: string;
  notifications: string;
}

/** A signed-in user of a running system. */
export class Session {
  private readonly sockets: Listener['socket'][] = [];

  constructor(
    readonly urls: ServiceUrls,
    readonly user: { id: string; username: string },
    readonly token: string,
  ) {}

  /** Registers someone new and signs them in: one call gives a test its user. */
  static async signUp(
    urls: ServiceUrls,
    username = `u_${crypto.randomUUID().slice(0, 12).replaceAll('-', '')}`,
  ): Promise<Session> {
    const password = 'Correct-Horse-1';
    const account = { username, password, email: `${username}@example.com` };
    await expectStatus(201, send('POST', `${urls.events}/v1/auth/register`, account));
    return Session.signIn(urls, { username, password });
  }

  static async signIn(urls: ServiceUrls, account: { username: string; password: string }): Promise<Session> {
    const { body } = await expectStatus(200, send('POST', `${urls.events}/v1/auth/login`, account));
    return signedIn(urls, body);
  }

  /** Makes a service client with these scopes, as the admin whose session this is, and signs it in. */
  async registerClient(...scopes: Scope[]): Promise<Session> {
    const { body } = await expectStatus(
      201,
      this.events<{ id: string; client_secret: string }>('POST', '/v1/clients', { name: 'Test client', scopes }),
    );
    const grant = { grant_type: 'client_credentials', client_id: body.id, client_secret: body.client_secret };
    const answer = await expectStatus(
      200,
      send<{ access_token: string }>('POST', `${this.urls.events}/v1/auth/token`, grant),
    );
    return new Session(this.urls, { id: body.id, username: 'Test client' }, answer.body.access_token);
  }

  /** A request to event-service. */
  async events<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>> {
    return send<T>(method, `${this.urls.events}${path}`, body, { authorization: `Bearer ${this.token}`, ...headers });
  }

  /** A request to notification-service. */
  async notifications<T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>> {
    const authorization = `Bearer ${this.token}`;
    return send<T>(method, `${this.urls.notifications}${path}`, body, { authorization, ...headers });
  }

  /** Sends one event to the bus, or a batch of them. */
  async publish(events: Envelope | readonly Envelope[]): Promise<Answer<unknown>> {
    const format = Array.isArray(events) ? 'cloudevents-batch' : 'cloudevents';
    return this.notifications('POST', '/v1/bus/events', events, { 'content-type': `application/${format}+json` });
  }

  /** Has what `wanted` describes brought to `receiver`, signed with its secret. */
  async subscribe(receiver: { url: string; secret: string }, wanted: Record<string, unknown>): Promise<{ id: string }> {
    const config = { secret: receiver.secret };
    const subscription = { ...wanted, protocol: 'HTTP', sink: receiver.url, config };
    return (await expectStatus(201, this.notifications<{ id: string }>('POST', '/v1/subscriptions', subscription)))
      .body;
  }

  async createEvent(overrides: Record<string, unknown> = {}): Promise<EventResource> {
    const { body } = await expectStatus(201, this.events<EventResource>('POST', '/v1/events', newEvent(overrides)));
    return body;
  }

  /** Everything in this user's history, newest first. */
  async history(): Promise<{ id: string; position: number; payload: NotificationPayload }[]> {
    const all: { id: string; position: number; payload: NotificationPayload }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path = `/v1/notifications?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: Answer<{ data: typeof all; next_cursor: string | null }> = await this.notifications('GET', path);
      if (page.status !== 200) throw new Error(`history answers ${page.status}`);
      all.push(...page.body.data);
      cursor = page.body.next_cursor;
    }
    return all;
  }

  /** Opens a socket that comes back by itself and resumes where it was. */
  async listen(after?: number): Promise<Listener> {
    const listener: Omit<Listener, 'socket'> = { ready: [], received: [], gaps: [] };
    let position = after;
    const socket: Listener['socket'] = io(this.urls.notifications, {
      auth: (give) => give({ token: this.token, ...(position === undefined ? {} : { after: position }) }),
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
    });
    this.sockets.push(socket);
    socket.on('ready', (message) => {
      position ??= message.position;
      listener.ready.push(message);
    });
    socket.on('notification', (payload, meta) => {
      position = meta.position;
      listener.received.push({ payload, meta, at: performance.now() });
    });
    socket.on('gap', (message) => listener.gaps.push(message));
    await new Promise<void>((resolve, reject) => {
      socket.once('ready', () => resolve());
      socket.once('connect_error', reject);
    });
    return { socket, ...listener };
  }

  /** Ends every socket that was opened here. */
  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}

function signedIn(urls: ServiceUrls, body: unknown): Session {
  const { access_token, user } = body as { access_token: string; user: { id: string; username: string } };
  return new Session(urls, user, access_token);
}

const HOUR_MS = 3_600_000;

/** A valid body for `POST /v1/events`. */
export const newEvent = (overrides: Record<string, unknown> = {}): Record<string, unknown> => ({
  title: 'Analytical evening',
  description: 'Engines, and tea',
  location: 'London',
  start_time: new Date(Date.now() + 24 * HOUR_MS).toISOString(),
  end_time: new Date(Date.now() + 26 * HOUR_MS).toISOString(),
  ...overrides,
});

async function send<T>(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as T,
  };
}

async function expectStatus<T>(status: number, sending: Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await sending;
  if (answer.status !== status)
    throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  return answer;
}
