import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connection, createConnection, mongo, Schema } from 'mongoose';
import { createLogger } from '#observability';
import { testDatabase } from '#testing';
import { AbandonedTransactions, APP_NAME } from './abandoned-transactions.js';

interface Counter {
  _id: string;
  value: number;
}

const test = testDatabase('transactions');
let connection: Connection;
let sweeper: AbandonedTransactions;
beforeAll(async () => {
  connection = await createConnection(test.uri, { dbName: test.database, appName: APP_NAME }).asPromise();
  sweeper = new AbandonedTransactions(connection, createLogger({ service: 'test', level: 'silent' }));
  sweeper.onModuleInit();
});
afterAll(async () => {
  sweeper.onApplicationShutdown();
  await connection.close();
  await test.drop();
});

describe('a transaction that a killed process has left open', () => {
  it('does not lock others out for long', async () => {
    const counters = connection.model('Counter', new Schema<Counter>({ _id: String, value: Number }));
    await counters.create({ _id: 'head', value: 0 });
    // Between a write and the commit its process is killed: nobody will ever end it.
    const dead = await mongo.MongoClient.connect(test.uri, { appName: APP_NAME });
    const session = dead.startSession();
    session.startTransaction();
    await dead
      .db(test.database)
      .collection<Counter>('counters')
      .updateOne({ _id: 'head' }, { $inc: { value: 100 } }, { session });

    // MongoDB alone would have this wait for a minute or more; it gives up on its own before that.
    await counters.updateOne({ _id: 'head' }, { $inc: { value: 1 } }).maxTimeMS(30_000);
    expect((await counters.findById('head').lean())?.value).toBe(1);

    // Had it been alive after all, it would be told to start again.
    await expect(session.commitTransaction()).rejects.toMatchObject({ codeName: 'NoSuchTransaction' });
    await dead.close();
  }, 40_000);
});
