import mongoose from 'mongoose';
import { setTimeout as delay } from 'node:timers/promises';

const { MongoClient, MongoNetworkError, MongoServerError } = mongoose.mongo;
type Client = InstanceType<typeof MongoClient>;

/** What we read of `replSetGetConfig`'s answer. */
interface ReplicaSetConfig {
  readonly version: number;
  readonly members: readonly { readonly host: string }[];
}

const ALREADY_INITIALIZED = 23;
const NOT_YET_INITIALIZED = 94;

const START_MS = 30_000;
const PAUSE_MS = 20;

/** The address of the replica set whose only member listens on that port. */
export const replicaSetUri = (port: number): string => `mongodb://127.0.0.1:${port}/?replicaSet=rs0`;

/**
 * Makes the `mongod` on that port a replica set of one and waits until it is primary. Safe to repeat: data that was
 * written under another port is adopted under this one.
 */
export async function becomePrimary(port: number, gone: AbortSignal): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: START_MS,
  });
  try {
    await Promise.race([configureWhileStarting(client, `127.0.0.1:${port}`), whenGone(gone)]);
  } finally {
    await client.close(true);
  }
}

/**
 * A server that is still reading its own configuration says that it has none, and drops connections when it changes its
 * role: what fails for that is tried again.
 */
async function configureWhileStarting(client: Client, host: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      return await configure(client, host);
    } catch (error) {
      const passing =
        error instanceof MongoNetworkError || (error instanceof MongoServerError && error.code === ALREADY_INITIALIZED);
      if (!passing || Date.now() > deadline) throw error;
    }
    await delay(PAUSE_MS);
  }
}

async function configure(client: Client, host: string): Promise<void> {
  const admin = client.db('admin');
  const members = [{ _id: 0, host }];
  try {
    const { config } = (await admin.command({ replSetGetConfig: 1 })) as { config: ReplicaSetConfig };
    if (config.members[0]?.host !== host) {
      await admin.command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
    }
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== NOT_YET_INITIALIZED) throw error;
    await admin.command({ replSetInitiate: { _id: 'rs0', members } });
  }
  while (!(await admin.command({ hello: 1 }))['isWritablePrimary']) await delay(PAUSE_MS);
}

const whenGone = (gone: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    gone.addEventListener('abort', () => reject(new Error('mongod ended while it was starting')), { once: true });
  });

/** Whether a replica set answers at `uri` within five seconds; the reason when not. */
export async function inspectReplicaSet(uri: string): Promise<{ version: string } | { problem: string }> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 });
  try {
    const admin = client.db('admin');
    const [hello, build] = [await admin.command({ hello: 1 }), await admin.command({ buildInfo: 1 })];
    const shards = hello['msg'] === 'isdbgrid';
    if (!hello['setName'] && !shards) return { problem: 'it is not a replica set, so it has no transactions' };
    return { version: String(build['version']) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  } finally {
    await client.close(true);
  }
}
