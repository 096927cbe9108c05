import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '#kernel';
import { createVirtualHost, deleteVirtualHost } from '#local-stack';
import { listen, type RunningApp, type TestDatabase, testDatabase } from '#testing';
import { readConfig } from '../src/config.js';
import { createEventService } from '../src/event-service.js';

export interface TestService extends RunningApp {
  database: TestDatabase;
  /** Its broker; give it as `RABBITMQ_URL` to another instance on the same database. */
  rabbitmqUrl: string;
  /** Closes the service, and drops its database unless that was given. */
  close(): Promise<void>;
}

/**
 * The whole of event-service on a database and a virtual host of its own, lest it take the messages of another; bcrypt as
 * cheap as it gets, limits out of the way, and no reminders.
 */
export async function startEventService(
  environment: Record<string, string> = {},
  given?: TestDatabase,
): Promise<TestService> {
  const database = given ?? testDatabase('events');
  const broker = {
    url: process.env['USHER_TEST_RABBITMQ_URL'] ?? '',
    managementUrl: process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL'],
  };
  const vhost = `test_${newId()}`;
  const rabbitmqUrl = environment['RABBITMQ_URL'] ?? (await createVirtualHost(broker, vhost));
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    MONGODB_URI: database.uri,
    MONGODB_DATABASE: database.database,
    RABBITMQ_URL: rabbitmqUrl,
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    BCRYPT_ROUNDS: '4',
    LOGIN_LIMIT_PER_MINUTE: '100000',
    RATE_LIMIT_PER_10S: '100000',
    REMINDERS_BEFORE: 'none',
    SIGNING_KEY_FILE: join(tmpdir(), 'usher-test-signing-key.pem'),
    ATTACHMENTS_DIR: join(tmpdir(), 'usher-test-attachments'),
    ...environment,
  });
  const app = await createEventService(config);
  const running = await listen(app);
  return {
    ...running,
    database,
    rabbitmqUrl,
    close: async () => {
      await app.close();
      await deleteVirtualHost(broker, vhost);
      if (given === undefined) await database.drop();
    },
  };
}
