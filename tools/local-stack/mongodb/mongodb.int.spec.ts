import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, findFreePorts } from '../ports.js';
import { startMongodb, type Mongodb } from './mongodb.js';

const { MongoClient } = mongoose.mongo;
type Client = InstanceType<typeof MongoClient>;

let dataDir: string;
let mongodb: Mongodb;
let client: Client;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'usher-mongodb-'));
  mongodb = await startMongodb({ dataDir });
  client = new MongoClient(mongodb.uri, { serverSelectionTimeoutMS: 20_000 });
}, 60_000);
afterAll(async () => {
  await client.close();
  await mongodb.stop();
  await rm(dataDir, { recursive: true });
}, 30_000);

const seats = () => client.db('test').collection<{ _id: string; left: number }>('seats');

describe('a MongoDB of our own', () => {
  it('has transactions: what is aborted leaves no trace', async () => {
    await seats().insertOne({ _id: 'e1', left: 3 });
    const attempt = client.withSession((session) =>
      session.withTransaction(async () => {
        await seats().updateOne({ _id: 'e1' }, { $inc: { left: -1 } }, { session });
        throw new Error('no');
      }),
    );
    await expect(attempt).rejects.toThrow('no');
    expect(await seats().findOne({ _id: 'e1' })).toEqual({ _id: 'e1', left: 3 });
  });

  it('has change streams', async () => {
    const changes = seats().watch();
    const next = changes.next();
    await new Promise(setImmediate);
    await seats().insertOne({ _id: 'e2', left: 1 });
    expect(await next).toMatchObject({ operationType: 'insert', documentKey: { _id: 'e2' } });
    await changes.close();
  });

  it('keeps its data and its port over a restart, and has another process then', async () => {
    const { pid, port } = mongodb;
    await mongodb.restart();
    expect(mongodb.port).toBe(port);
    expect(mongodb.pid).not.toBe(pid);
    expect(await seats().countDocuments()).toBe(2);
  }, 30_000);

  it('comes back after SIGKILL, with what was acknowledged', async () => {
    await seats().insertOne({ _id: 'e3', left: 1 }, { writeConcern: { w: 'majority', journal: true } });
    await mongodb.kill('SIGKILL');
    expect(await answers(mongodb.port)).toBe(false);
    await mongodb.restart();
    expect(await seats().countDocuments()).toBe(3);
  }, 30_000);

  it('hangs while it is suspended, and goes on after', async () => {
    await mongodb.kill('SIGSTOP');
    const read = seats().findOne({ _id: 'e1' });
    const first = await Promise.race([read, new Promise((resolve) => setTimeout(resolve, 300, 'nothing yet'))]);
    await mongodb.kill('SIGCONT');
    expect(first).toBe('nothing yet');
    expect(await read).toMatchObject({ left: 3 });
  });

  it('adopts its data under another port', async () => {
    await mongodb.stop();
    mongodb = await startMongodb({ dataDir, port: await findFreePorts(1) });
    const moved = new MongoClient(mongodb.uri);
    expect(await moved.db('test').collection('seats').countDocuments()).toBe(3);
    await moved.close();
  }, 30_000);

  it('stops twice without complaint', async () => {
    await mongodb.stop();
    await mongodb.stop();
    expect(await mongodb.exited).toBe('ended with code 0');
  }, 30_000);
});
