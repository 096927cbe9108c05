import type { Outcome } from '../channel.js';

const GONE = 410;
/** Where `Retry-After` means something (RFC 6585, section 4; RFC 9110, section 15.6.4). */
const ASKS_TO_WAIT = new Set([429, 503]);

/** What an HTTP answer says of an attempt. Redirects are not followed: whoever moved has to say so to the subscriber. */
export function outcomeOf(status: number, retryAfterHeader: string | undefined, now: Date): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  const failure = { stage: 'answer', status, error: describe(status) } as const;
  if (status === GONE) return { kind: 'gone', ...failure };
  const retryAfter = ASKS_TO_WAIT.has(status) ? secondsOf(retryAfterHeader, now) : undefined;
  return { kind: 'retryable', ...failure, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

function describe(status: number): string {
  if (status === GONE) return 'The receiver answered 410: it wants nothing any more.';
  if (status >= 300 && status < 400) return `The receiver answered ${status}; redirects are not followed.`;
  return `The receiver answered ${status}.`;
}

/** Seconds, or an HTTP date (RFC 9110, section 10.2.3); undefined for anything else. */
function secondsOf(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now.getTime()) / 1000));
}
