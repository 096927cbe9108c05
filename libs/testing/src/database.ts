import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';

/** A database of one spec file's own, in the MongoDB of the run. */
export interface TestDatabase {
  uri: string;
  database: string;
  /** Call it in `afterAll`, when everything that writes there has stopped. */
  drop(): Promise<void>;
}

/** Throws where the run has no MongoDB: the spec is not an `int` or `e2e` one. */
export function testDatabase(name = 'test'): TestDatabase {
  const uri = process.env['USHER_TEST_MONGODB_URI'];
  if (uri === undefined) throw new Error('USHER_TEST_MONGODB_URI is not set: run by the int or e2e project');
  const database = `${name}_${randomBytes(6).toString('hex')}`;
  return {
    uri,
    database,
    drop: async () => {
      const connection = await mongoose.createConnection(uri, { dbName: database }).asPromise();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
