import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { principalOf } from '#auth';
import {
  continueTrace,
  type ExecutionContext,
  formatTraceparent,
  type Logger,
  type Metrics,
  runInContext,
} from '#observability';

const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;
const QUIET = /^\/(?:health|metrics)(?:\/|$)/;

const contexts = new WeakMap<IncomingMessage, ExecutionContext>();

/** The trace and correlation of a request, from its first moment on. */
export function contextOf(request: Pick<FastifyRequest, 'raw'>): ExecutionContext {
  const known = contexts.get(request.raw);
  if (known !== undefined) return known;
  const { traceparent } = request.raw.headers;
  const trace = continueTrace(typeof traceparent === 'string' ? traceparent : undefined);
  const context = { trace, correlationId: trace.traceId };
  contexts.set(request.raw, context);
  return context;
}

/** The caller's `X-Request-Id` where it is short and plain, else a new one. */
export function requestIdOf(raw: IncomingMessage): string {
  const given = raw.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Runs each request in its trace, names it on its answer, measures it, and writes one line when it is answered. */
export function followRequests(
  instance: FastifyInstance,
  { logger, metrics }: { logger: Logger; metrics: () => Metrics | undefined },
): void {
  instance.addHook('onRequest', (request, _reply, done) => {
    runInContext(contextOf(request), done);
  });
  // Reading the body has left the context behind: a stream's events run in its socket's.
  instance.addHook('preValidation', (request, _reply, done) => runInContext(contextOf(request), done));
  // Preflight answers never see a later `onRequest` hook, hence here.
  instance.addHook('onSend', (request, reply, payload, done) => {
    void reply.header('X-Request-Id', request.id);
    void reply.header('traceparent', formatTraceparent(contextOf(request).trace));
    done(null, payload);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    const { method } = request;
    const status = reply.statusCode;
    metrics()?.observe(
      'usher_http_request_duration_seconds',
      { method, route, status: String(status) },
      reply.elapsedTime / 1000,
    );
    const line = {
      method,
      route,
      path: request.url.split('?', 1)[0],
      status,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      user_id: principalOf(request)?.id,
      request_id: request.id,
    };
    runInContext(contextOf(request), () => {
      if (QUIET.test(route)) logger.debug(line, 'http.answered');
      else logger.info(line, 'http.answered');
    });
    done();
  });
}
