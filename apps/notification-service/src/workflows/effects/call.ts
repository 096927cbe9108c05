import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Agent, type Dispatcher, request } from 'undici';
import { type Clock } from '#kernel';
import { CLOCK, CONFIG, type Config } from '../../config.js';
import { describeStatus, retryAfterOf } from '../../delivery/channels/http/answers.js';
import { failureOf } from '../../delivery/channels/http/http-post.js';
import { guardedAgent } from '../../outbound/guarded-agent.js';
import type { Outcome } from './outcome.js';

/** What of an answer later steps can know. */
const ANSWER_BYTES = 65_536;
/** Answers that may be others the next time (RFC 9110; RFC 8470, section 5.2; RFC 6585, section 4). */
const PASSING = new Set([408, 425, 429]);

export interface HttpCall {
  method: Dispatcher.HttpMethod;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}

/** HTTP requests to addresses that workflows name. */
@Injectable()
export class HttpCalls implements OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(
    @Inject(CONFIG) { WEBHOOK_ALLOW_PRIVATE }: Pick<Config, 'WEBHOOK_ALLOW_PRIVATE'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.agent = guardedAgent({ allowPrivate: WEBHOOK_ALLOW_PRIVATE });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /** Sends it once. Never throws for what the other side or the network does. */
  async send(call: HttpCall, signal: AbortSignal): Promise<Outcome> {
    const { url, ...options } = call;
    try {
      const answer = await request(url, { ...options, dispatcher: this.agent, signal });
      const body = await readBody(answer.body);
      const status = answer.statusCode;
      if (status >= 200 && status < 300)
        return {
          kind: 'done',
          output: { status, body: jsonOf(body, answer.headers['content-type']) },
          detail: String(status),
        };
      if (!PASSING.has(status) && status < 500) return { kind: 'failed', detail: describeStatus(status) };
      const { 'retry-after': header } = answer.headers;
      const retryAfter = retryAfterOf(typeof header === 'string' ? header : undefined, this.clock.now());
      return { kind: 'again', detail: describeStatus(status), retryAfter };
    } catch (error) {
      const failure = failureOf(error, signal);
      const detail = 'error' in failure ? failure.error : 'There was no answer.';
      return failure.kind === 'permanent'
        ? { kind: 'failed', detail }
        : { kind: 'again', detail, retryAfter: undefined };
    }
  }
}

/** Undefined where it is longer than anybody should have to keep. */
async function readBody(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop destroys the body, and its connection with it.
    if (bytes > ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Null for what is no JSON. */
function jsonOf(body: string | undefined, contentType: string | string[] | undefined): unknown {
  if (body === undefined || !/^application\/(?:[\w.-]+\+)?json\b/i.test(String(contentType ?? ''))) return null;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}
