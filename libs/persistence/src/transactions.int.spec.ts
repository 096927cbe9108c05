import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, mongo, Schema, type Connection } from 'mongoose';
import { newId } from '#kernel';
import { createLogger } from '#observability';
import { Transactions } from './transactions.js';
import './connection.js';

const uri = process.env['USHER_TEST_MONGODB_URI'] ?? '';
let connection: Connection;
let transactions: Transactions;
beforeAll(async () => {
  connection = await createConnection(uri, { dbName: `test_transactions_${newId()}` }).asPromise();
  transactions = new Transactions(connection, createLogger({ service: 'test', level: 'silent' }));
});
afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
});

describe('a transaction', () => {
  it('gets past one that a dead process has left open', async () => {
    const Counter = connection.model(
      'Counter',
      new Schema<{ _id: string; value: number }>({ _id: String, value: Number }),
    );
    await Counter.create({ _id: 'head', value: 0 });
    // Its process is killed between a write and the commit: nobody will ever end it.
    const dead = await mongo.MongoClient.connect(uri);
    const session = dead.startSession();
    session.startTransaction();
    const theirs = dead.db(connection.name).collection<{ _id: string; value: number }>('counters');
    await theirs.updateOne({ _id: 'head' }, { $inc: { value: 100 } }, { session });

    const asked = performance.now();
    await transactions.run(() => Counter.updateOne({ _id: 'head' }, { $inc: { value: 1 } }));
    expect(performance.now() - asked).toBeLessThan(20_000);
    expect((await Counter.findById('head').lean())?.value).toBe(1);

    // Had it been alive after all, it would be told to start again.
    await expect(session.commitTransaction()).rejects.toMatchObject({ codeName: 'NoSuchTransaction' });
    await dead.close();
  }, 30_000);
});
