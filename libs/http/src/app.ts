import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { type Logger, Metrics, nestLogger } from '#observability';
import { drainOnClose } from './drain.js';
import { readJsonOnly } from './json-body.js';
import { type ApiDescription, serveApiDocument } from './openapi/document.js';
import { answerProblem } from './problems/answer-problem.js';
import { watchRoutes } from './problems/allowed-methods.js';
import { toUsherError } from './problems/problem.js';
import { followRequests, requestIdOf } from './request-context.js';
import { sendSecurityHeaders } from './security-headers.js';
import type { HttpSettings } from './settings.js';
import { refuseUnreadable } from './unreadable-requests.js';

/** Bodies of ordinary routes, in bytes. */
export const BODY_LIMIT = 256 * 1024;

/** For a request to arrive, headers and body; what is sent slower is not meant to arrive. */
const REQUEST_TIMEOUT_MS = 60_000;

const EXPOSED_HEADERS = [
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

export interface HttpAppOptions {
  settings: HttpSettings;
  logger: Logger;
  /** Served at `/openapi.json` and `/docs`; nothing is where it is left out. */
  api?: ApiDescription;
}

/**
 * A service over `module` (which imports `HttpModule`), ready for `listen`: request ids and traces, problem documents,
 * JSON bodies only, CORS, security headers, and a shutdown that lets requests in flight finish.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  { settings, logger, api }: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const options: FastifyServerOptions = {
    bodyLimit: BODY_LIMIT,
    trustProxy: settings.trustProxy === 0 ? false : (_address: string, hop: number) => hop < settings.trustProxy,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: requestIdOf,
    requestIdHeader: false,
    clientErrorHandler: refuseUnreadable(settings.publicUrl),
    // A malformed URL is refused before any route, hook or filter of ours.
    frameworkErrors: (error, request, reply) => {
      void reply.header('X-Request-Id', request.id);
      answerProblem(toUsherError(error), request, reply, settings.publicUrl);
    },
  };
  const adapter = new FastifyAdapter(options);
  const instance: FastifyInstance = adapter.getInstance();
  const app: { metrics?: Metrics } = {};
  watchRoutes(instance);
  readJsonOnly(instance);
  followRequests(instance, { logger, metrics: () => app.metrics });
  sendSecurityHeaders(instance, settings.publicUrl);
  drainOnClose(instance);
  const nest = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.metrics = nest.get(Metrics, { strict: false });
  nest.enableCors({
    origin: [...settings.corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
    strictPreflight: false,
  });
  nest.enableShutdownHooks();
  if (api !== undefined) serveApiDocument(nest, api, settings.publicUrl);
  return nest;
}
