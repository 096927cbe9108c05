import { Agent, type Dispatcher } from 'undici';
import { z } from 'zod';
import type { Scope } from '#contracts';
import type { Clock, ErrorCode } from '#kernel';
import { currentContext, formatTraceparent, type Logger, type Metrics } from '#observability';
import { AccessTokens, tokenAnswer } from './access-tokens.js';
import { EventServiceBreaker } from './event-service-breaker.js';
import { awayBy, awayByStatus, EventServiceAway } from './event-service-away.js';

const ANSWER_BYTES = 4 * 1_024 * 1_024;
/** More than the sources ever have under way, so that no call waits for its turn. */
const CONNECTIONS = 16;

/** The problem document of what is not there. */
const absence = z.object({ code: z.literal('not-found' satisfies ErrorCode) });

const SCOPE = 'contacts:read' satisfies Scope;

/** Where event-service is, and as whom it is called; without a client nothing is. */
export interface EventServiceSettings {
  url: string;
  client: { id: string; secret: string } | undefined;
  /** For one call. */
  timeoutMs: number;
}

export interface EventServiceCall<T> {
  /** For logs and metrics. */
  operation: string;
  path: string;
  /** Sent as JSON by POST; without it the call is a GET. */
  body?: object;
  answers: z.ZodType<T>;
}

/**
 * Calls to event-service as a service client: each takes a limited time, twice that where a token is needed first; is
 * repeated only where its token was refused; and is not begun while the breaker is open. Throws EventServiceAway.
 */
export class EventServiceHttp {
  private readonly pool: Agent;
  private readonly breaker: EventServiceBreaker;
  private readonly tokens: AccessTokens;

  constructor(
    private readonly settings: EventServiceSettings,
    clock: Clock,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {
    this.pool = new Agent({
      connections: CONNECTIONS,
      allowH2: false,
      connect: { timeout: settings.timeoutMs },
      maxResponseSize: ANSWER_BYTES,
    });
    this.breaker = new EventServiceBreaker(metrics, logger);
    this.tokens = new AccessTokens(() => this.askForToken(), clock);
  }

  /** Whether there is anybody to call as. */
  get isConfigured(): boolean {
    return this.settings.client !== undefined;
  }

  /** Whatever is under way fails. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** Undefined where what the path names is not there. */
  async call<T>(call: EventServiceCall<T>): Promise<T | undefined> {
    return this.breaker.execute(() => this.report(call, (signal) => this.exchange(call, signal)));
  }

  private async exchange<T>(call: EventServiceCall<T>, signal: AbortSignal): Promise<T | undefined> {
    const answer = await this.sendAuthorized(call, signal);
    if (answer.statusCode !== 404) return understand(answer, call.answers);
    // Anything else that answers with 404 is not event-service, and knows nothing of what there is.
    await read(answer, absence);
    return undefined;
  }

  private async sendAuthorized(call: EventServiceCall<unknown>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const token = await this.tokens.current();
    const answer = await this.send(call, signal, token);
    if (answer.statusCode !== 401) return answer;
    await answer.body.dump();
    this.tokens.discard(token);
    return this.send(call, signal, await this.tokens.current());
  }

  private askForToken(): Promise<z.infer<typeof tokenAnswer>> {
    const { client } = this.settings;
    if (client === undefined) throw new EventServiceAway('refused');
    const credentials = { client_id: client.id, client_secret: client.secret };
    const body = { grant_type: 'client_credentials', ...credentials, scope: SCOPE };
    const call = { operation: 'token', path: '/v1/auth/token', body, answers: tokenAnswer };
    return this.report(call, async (signal) => understand(await this.send(call, signal), call.answers));
  }

  private send(
    { path, body }: EventServiceCall<unknown>,
    signal: AbortSignal,
    token?: string,
  ): Promise<Dispatcher.ResponseData> {
    const { origin, pathname } = new URL(`${this.settings.url}${path}`);
    return this.pool.request({
      origin,
      path: pathname,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        traceparent: formatTraceparent(currentContext().trace),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal,
    });
  }

  /** Times the exchange, and ends it in time. */
  private async report<T>(
    { operation }: EventServiceCall<unknown>,
    exchange: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const begun = performance.now();
    const signal = AbortSignal.timeout(this.settings.timeoutMs);
    try {
      const answer = await exchange(signal);
      this.note(operation, begun, answer === undefined ? 'absent' : 'ok');
      return answer;
    } catch (error) {
      const away = awayBy(error, signal);
      this.note(operation, begun, away.kind, away);
      throw away;
    }
  }

  private note(operation: string, begun: number, outcome: string, away?: EventServiceAway): void {
    const ms = performance.now() - begun;
    this.metrics.observe('usher_enrichment_call_duration_seconds', { operation, outcome }, ms / 1_000);
    const line = { operation, outcome, duration_ms: Math.round(ms), err: away?.cause };
    if (away === undefined) this.logger.debug(line, 'enrichment.called');
    else this.logger.warn(line, 'enrichment.called');
  }
}

async function understand<T>(answer: Dispatcher.ResponseData, schema: z.ZodType<T>): Promise<T> {
  if (answer.statusCode === 200) return read(answer, schema);
  await answer.body.dump();
  throw awayByStatus(answer.statusCode, answer.headers['retry-after']);
}

async function read<T>({ body }: Dispatcher.ResponseData, schema: z.ZodType<T>): Promise<T> {
  const text = await body.text();
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    // What did not fit may be somebody's address, and the words of the error would show it.
    throw new EventServiceAway('nonsense', { cause: new Error(`Its answer does not fit: ${(cause as Error).name}`) });
  }
}
