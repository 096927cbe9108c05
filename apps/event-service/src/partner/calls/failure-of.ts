import { PartnerFailure } from '../partner.js';

/** By these the system or undici say that there was no connection to send anything over. */
const UNSENT = new Set<unknown>([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** How a call failed, by what it threw and by the signal that could end it. */
export function failureOf(thrown: unknown, signal: AbortSignal): PartnerFailure {
  if (thrown instanceof PartnerFailure) return thrown;
  const reason: unknown = signal.aborted ? signal.reason : undefined;
  if (reason instanceof PartnerFailure) return reason;
  if ((reason as Error | undefined)?.name === 'TimeoutError') return new PartnerFailure('late', { cause: reason });
  const { code } = thrown as { code?: unknown };
  return new PartnerFailure(UNSENT.has(code) ? 'unreachable' : 'failed', { cause: thrown });
}
