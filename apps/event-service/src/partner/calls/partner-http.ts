import { Agent, type Dispatcher } from 'undici';
import type { z } from 'zod';
import { type Clock, UsherError } from '#kernel';
import { currentContext, formatTraceparent, type Logger, type Metrics } from '#observability';
import { failureOfStatus, PartnerFailure, secondsOf } from '../partner.js';
import { failureOf } from './failure-of.js';
import { partnerRefusal } from './partner-contract.js';
import { readText } from './read-text.js';

/** The most of an answer that is read, in bytes. */
export const ANSWER_LIMIT = 4 * 1_024 * 1_024;
/** The most of an answer that nobody wants to know, before its connection is rather closed. */
const DUMP_LIMIT = 64 * 1_024;
const WORDS_LIMIT = 200;

export interface PartnerCall<T> {
  /** For logs and metrics. */
  operation: string;
  /** Below the partner's address; its parts are encoded already. */
  path: string;
  /** Sent as JSON by POST; without it the call is a GET. */
  body?: object;
  idempotencyKey?: string;
  answers: z.ZodType<T>;
  /** Statuses by which the partner refuses what was asked. */
  refusals?: readonly number[];
}

export interface PartnerSettings {
  url: string | undefined;
  /** For one call, its wait for a connection included. */
  timeoutMs: number;
  /** At most so many calls are under way at once; HTTP/1.1, so that one connection is one call. */
  connections: number;
}

/**
 * Calls to the partner: each is sent once and never repeated, takes a limited time and a limited number of bytes, and
 * follows no redirect. Nothing of whoever asked goes along but the trace. Throws PartnerFailure.
 */
export class PartnerHttp {
  private readonly pool: Agent;

  constructor(
    private readonly settings: PartnerSettings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {
    const { connections, timeoutMs } = settings;
    this.pool = new Agent({ connections, allowH2: false, connect: { timeout: timeoutMs } });
  }

  /** Whatever is under way fails. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** @param signal ends the call before its time; a PartnerFailure as its reason is what the call then fails with. */
  async call<T>(call: PartnerCall<T>, signal: AbortSignal): Promise<T> {
    const { url } = this.settings;
    if (url === undefined) throw new UsherError('partner-unavailable', 'No partner system is connected here.');
    const begun = performance.now();
    const ending = AbortSignal.any([signal, AbortSignal.timeout(this.settings.timeoutMs)]);
    try {
      const answer = await this.exchange(call, url, ending);
      this.report(call, begun, 'ok');
      return answer;
    } catch (error) {
      const failure = failureOf(error, ending);
      // Given up on because of another call, which has reported the failure.
      if (failure === signal.reason) this.report(call, begun, 'abandoned');
      else this.report(call, begun, failure.kind, failure);
      throw failure;
    }
  }

  private async exchange<T>(call: PartnerCall<T>, url: string, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const { statusCode: status, headers, body } = await unlessAborted(signal, this.send(call, url, signal));
    const kind = failureOfStatus(status, call.refusals ?? []);
    if (kind === undefined) return understand(await readText(body, ANSWER_LIMIT), call.answers, status);
    const retryAfter = secondsOf(headers['retry-after'], this.clock.now());
    if (kind === 'refused') throw new PartnerFailure(kind, { status, retryAfter, words: await wordsOf(body) });
    // So that the connection can be used again; if that comes to nothing, the status tells more than why.
    await body.dump({ limit: DUMP_LIMIT, signal }).catch(() => undefined);
    throw new PartnerFailure(kind, { status, retryAfter });
  }

  /** By `request` and not by `fetch`, which sends what was answered with 421 a second time. */
  private send(call: PartnerCall<unknown>, url: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { origin, pathname } = new URL(`${url}${call.path}`);
    return this.pool.request({
      origin,
      path: pathname,
      method: call.body === undefined ? 'GET' : 'POST',
      headers: headersOf(call),
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal,
    });
  }

  private report({ operation }: PartnerCall<unknown>, begun: number, outcome: string, failure?: PartnerFailure): void {
    const ms = performance.now() - begun;
    this.metrics.observe('usher_partner_call_duration_seconds', { operation, outcome }, ms / 1_000);
    const line = { operation, outcome, status: failure?.status, duration_ms: Math.round(ms), err: failure?.cause };
    if (failure === undefined || failure.kind === 'refused') this.logger.debug(line, 'partner.called');
    else this.logger.warn(line, 'partner.called');
  }
}

const headersOf = ({ body, idempotencyKey }: PartnerCall<unknown>): Record<string, string> => ({
  accept: 'application/json',
  'user-agent': 'usher',
  traceparent: formatTraceparent(currentContext().trace),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
});

/** A call that still waits for a connection does not hear of its signal before it has one; then it is not sent. */
async function unlessAborted<T>(signal: AbortSignal, calling: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([calling, aborted]);
}

function understand<T>(text: string, schema: z.ZodType<T>, status: number): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new PartnerFailure('nonsense', { status, cause });
  }
}

/** Why it refused, in one line; undefined where it gives no reason that can be read. */
async function wordsOf(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const text = await readText(body, ANSWER_LIMIT);
  const words = partnerRefusal
    .safeParse(parseJson(text))
    .data?.replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return words === undefined || words === '' ? undefined : Array.from(words).slice(0, WORDS_LIMIT).join('');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
