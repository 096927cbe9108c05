import { EventBridgeServiceException, type PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import type { Outcome } from '../channel.js';
import { retryAfterOf } from '../http/answers.js';
import { failureOf } from '../http/http-post.js';

/** Errors of an entry that EventBridge itself calls retryable (API reference, `PutEventsResultEntry`); others are for good. */
const RETRYABLE = new Set(['ThrottlingException', 'InternalFailure']);

/** What an answer means, in which the one entry may have failed although the request did not. */
export function outcomeOf({ Entries, $metadata }: PutEventsCommandOutput): Outcome {
  const status = $metadata.httpStatusCode ?? 200;
  const code = Entries?.[0]?.ErrorCode;
  if (code === undefined) return { kind: 'delivered', status };
  const kind = RETRYABLE.has(code) ? 'retryable' : 'permanent';
  return { kind, stage: 'answer', status, error: describe(code) };
}

/** What a request means that threw: it was refused as a whole, or did not come through, or there is nobody to send it as. */
export function outcomeOfError(error: unknown, signal: AbortSignal, now: Date): Outcome {
  if (error instanceof EventBridgeServiceException) return outcomeOfRefusal(error, now);
  if (isCredentialsError(error) && !signal.aborted)
    return { kind: 'retryable', stage: 'prepare', error: 'There are no AWS credentials to send it with.' };
  return failureOf(error, signal);
}

function outcomeOfRefusal(error: EventBridgeServiceException, now: Date): Outcome {
  const status = error.$metadata.httpStatusCode ?? 500;
  const failure = { stage: 'answer', status, error: describe(error.name) } as const;
  if (status < 500 && status !== 429 && !RETRYABLE.has(error.name)) return { kind: 'permanent', ...failure };
  const retryAfter = retryAfterOf(error.$response?.headers['retry-after'], now);
  return { kind: 'retryable', ...failure, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

const isCredentialsError = (error: unknown): boolean =>
  error instanceof Error && error.name === 'CredentialsProviderError';

/** By its code alone: EventBridge's messages name accounts and roles. */
const describe = (code: string): string => `EventBridge answered ${code}.`;
