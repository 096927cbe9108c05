import type { AddressInfo } from 'node:net';
import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { SigningKey, TokenModule } from '#auth';
import { type ApiDescription, createHttpApp, HttpModule, type HttpSettings } from '#http';
import { createLogger, ObservabilityModule } from '#observability';
import { PersistenceModule } from '#persistence';
import { type TestDatabase, testDatabase } from './database.js';
import { TestTokens } from './test-tokens.js';

/** A service that listens on a port of its own. */
export interface RunningApp {
  app: NestFastifyApplication;
  url: string;
  http: ReturnType<typeof supertest>;
}

/** Starts listening on loopback; close it with `app.close()`. */
export async function listen(app: NestFastifyApplication): Promise<RunningApp> {
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { app, url, http: supertest(url) };
}

export const silentLogger = (service = 'test') =>
  createLogger({ service, level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

export const TEST_SETTINGS: HttpSettings = {
  publicUrl: 'http://usher.test',
  corsOrigins: [],
  trustProxy: 0,
  rateLimitPer10s: 100_000,
  loginLimitPerMinute: 100_000,
};

export interface TestApp extends RunningApp {
  tokens: TestTokens;
  database: TestDatabase;
  /** Closes the app and drops its database, unless that was given. */
  close(): Promise<void>;
}

/**
 * An app of the given controllers and modules over everything that every service has: HTTP, tokens, a database, health.
 * `tokens.session()` gives a caller. For a feature by itself; whole services have a starter of their own.
 */
export async function startTestApp(
  parts: Pick<ModuleMetadata, 'controllers' | 'providers' | 'imports'> & {
    settings?: Partial<HttpSettings>;
    database?: TestDatabase;
    api?: ApiDescription;
  },
): Promise<TestApp> {
  const { settings: overrides, database: given, api, ...metadata } = parts;
  const settings = { ...TEST_SETTINGS, ...overrides };
  const database = given ?? testDatabase();
  const logger = silentLogger();
  const key = await SigningKey.fromPem(SigningKey.newPem());
  const tokens = new TestTokens(key);
  class TestRoot {}
  const root: DynamicModule = {
    ...metadata,
    module: TestRoot as Type,
    imports: [
      ObservabilityModule.forRoot({ service: 'test', logger }),
      PersistenceModule.forRoot(database),
      TokenModule.forRoot({ keys: key, policy: tokens.policy }),
      HttpModule.forRoot(settings),
      ...(metadata.imports ?? []),
    ],
  };
  const app = await createHttpApp(root, { settings, logger, ...(api === undefined ? {} : { api }) });
  const running = await listen(app);
  return {
    ...running,
    tokens,
    database,
    close: async () => {
      await app.close();
      if (given === undefined) await database.drop();
    },
  };
}
