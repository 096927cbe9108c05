import { AsyncLocalStorage } from 'node:async_hooks';
import { continueTrace, type TraceContext } from './trace-context.js';

/** What every log line and every log entry of one request, message or background run has in common. */
export interface ExecutionContext {
  trace: TraceContext;
  /** The same for everything that one request caused, across services. */
  correlationId: string;
  /** The id of the message that led to this, where one did. */
  causationId?: string;
}

const storage = new AsyncLocalStorage<ExecutionContext>();

/** Runs `work` with `context` visible to everything it awaits. */
export const runInContext = <T>(context: ExecutionContext, work: () => T): T => storage.run(context, work);

/** The context of whatever is running; a new trace outside of any. */
export function currentContext(): ExecutionContext {
  const context = storage.getStore();
  if (context !== undefined) return context;
  const trace = continueTrace();
  return { trace, correlationId: trace.traceId };
}

/** The members that tie a log line to its trace; empty outside of any context. */
export function contextFields(): Record<string, string> {
  const context = storage.getStore();
  if (context === undefined) return {};
  return { trace_id: context.trace.traceId, correlation_id: context.correlationId };
}
