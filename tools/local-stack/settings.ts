import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the environment says about the local stack. Empty strings count as unset. */
export interface StackSettings {
  /** MONGODB_URI: a replica set that the user runs. */
  readonly mongodbUri?: string | undefined;
  /** RABBITMQ_URL: a broker that the user runs. */
  readonly rabbitmqUrl?: string | undefined;
  /** RABBITMQ_MANAGEMENT_URL: its management API, when it is not on port 15672 of the same host. */
  readonly rabbitmqManagementUrl?: string | undefined;
  /** MONGOMS_SYSTEM_BINARY: a `mongod` to use, named as mongodb-memory-server names it. */
  readonly mongodBinary?: string | undefined;
  /** USHER_NO_INSTALL: never install anything system-wide. */
  readonly noInstall: boolean;
  /** Binaries that outlive this clone: USHER_CACHE_DIR, or `usher` in the user's cache folder. */
  readonly cacheDir: string;
  /** The folders searched for `mongod` and `rabbitmq-server`. */
  readonly path: string;
}

/** The only place in tools/local-stack that reads the environment. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): StackSettings {
  const set = (name: string): string | undefined => env[name]?.trim() || undefined;
  return {
    mongodbUri: set('MONGODB_URI'),
    rabbitmqUrl: set('RABBITMQ_URL'),
    rabbitmqManagementUrl: set('RABBITMQ_MANAGEMENT_URL'),
    mongodBinary: set('MONGOMS_SYSTEM_BINARY'),
    noInstall: !['', '0', 'false', 'no'].includes((set('USHER_NO_INSTALL') ?? '').toLowerCase()),
    cacheDir: set('USHER_CACHE_DIR') ?? join(set('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'usher'),
    path: env['PATH'] ?? '',
  };
}
