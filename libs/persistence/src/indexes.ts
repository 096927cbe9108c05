import type { Connection } from 'mongoose';

/**
 * Creates the collections and indexes of every model on the connection; does nothing where they exist. An index by which
 * something was unique that need not be any more is dropped, for it would go on refusing; others may be somebody's own.
 */
export async function createIndexes(connection: Connection): Promise<void> {
  for (const model of Object.values(connection.models)) {
    await model.createCollection();
    await model.createIndexes();
    const { toDrop } = (await model.diffIndexes()) as { toDrop: readonly string[] };
    if (toDrop.length === 0) continue;
    const present = (await model.collection.listIndexes().toArray()) as { name: string; unique?: boolean }[];
    const retired = present.filter(({ name, unique }) => unique === true && toDrop.includes(name));
    for (const { name } of retired) await model.collection.dropIndex(name);
  }
}
