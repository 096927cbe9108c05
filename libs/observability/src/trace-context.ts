import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ZEROS = /^0+$/;

/** One hop of a W3C trace: 32-hex trace id, 16-hex span id of this hop, two hex digits of flags. */
export interface TraceContext {
  traceId: string;
  spanId: string;
  flags: string;
}

/**
 * The caller's trace continued with a span id of our own, or a new trace where the header is missing or invalid.
 * Source: W3C Trace Context, "traceparent Header".
 */
export function continueTrace(traceparent?: string): TraceContext {
  const [, traceId, parentId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const spanId = randomBytes(8).toString('hex');
  if (traceId === undefined || parentId === undefined || ZEROS.test(traceId) || ZEROS.test(parentId))
    return { traceId: randomBytes(16).toString('hex'), spanId, flags: '01' };
  return { traceId, spanId, flags: flags ?? '01' };
}

export const formatTraceparent = (trace: TraceContext): string => `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
