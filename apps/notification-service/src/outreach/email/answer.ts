import type { NodemailerError } from 'nodemailer';
import type { Outcome } from '../../delivery/channels/channel.js';

const SERVICE_NOT_AVAILABLE = 421;

/** What nodemailer calls a message that was refused, by its envelope or as a whole, on a connection that is well. */
const REFUSALS: readonly unknown[] = ['EENVELOPE', 'EMESSAGE'];

/** Nobody was there yet to be spoken to. */
const UNCONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EDNS', 'ETLS']);

export const TOO_LATE: Outcome = {
  kind: 'retryable',
  stage: 'timeout',
  error: 'The mail server took too long.',
};

/**
 * What it means that an e-mail was not handed over. A refusal of this one e-mail for good (5xx) is final, and says nothing
 * against the server; what it says of us, of our password for one, is for the operator to mend and may work later.
 */
export function outcomeOfError(error: NodemailerError, signal: AbortSignal): Outcome {
  if (signal.aborted || error.code === 'EABORT') return TOO_LATE;
  if (error.responseCode !== undefined) return outcomeOfAnswer(error, error.responseCode);
  if (error.timeoutType !== undefined && error.timeoutType !== 'CONNECT_TIMEOUT') return TOO_LATE;
  const code = error.originalCode ?? error.code ?? 'no answer';
  const stage = UNCONNECTED.has(code) || error.timeoutType === 'CONNECT_TIMEOUT' ? 'connect' : 'answer';
  return { kind: 'retryable', stage, error: `The connection to the mail server failed: ${code}.` };
}

function outcomeOfAnswer({ code, command, response = '' }: NodemailerError, status: number): Outcome {
  const failure = {
    stage: 'answer',
    status,
    error: `The mail server answered ${status}${enhancedCode(response)}.`,
  } as const;
  const isRefusal = REFUSALS.includes(code);
  if (isRefusal && status >= 500) return { kind: 'permanent', ...failure, destination: 'well' };
  // One mailbox that is full or has to be asked twice, as greylisting has it.
  if (isRefusal && command === 'RCPT TO' && status !== SERVICE_NOT_AVAILABLE)
    return { kind: 'retryable', ...failure, destination: 'well' };
  return { kind: 'retryable', ...failure };
}

/** The reason as a number (RFC 3463); its words may name people and hosts. */
const enhancedCode = (response: string): string => {
  const [, code] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
  return code === undefined ? '' : ` (${code})`;
};
