import type { Connection } from 'mongoose';

/** Creates the collections and indexes of every model on the connection; does nothing where they exist. */
export async function createIndexes(connection: Connection): Promise<void> {
  for (const model of Object.values(connection.models)) {
    await model.createCollection();
    await model.createIndexes();
  }
}
