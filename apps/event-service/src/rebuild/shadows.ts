import type { Connection, mongo } from 'mongoose';
import { newId } from '#kernel';
import type { Projection, Row, Sources } from './projection.js';
import { BATCH } from './replay.js';

/** Collections beside the live ones, for as long as a rebuild takes; with a session, live ones are read in that. */
export class Shadows implements Sources {
  private readonly suffix = `rebuilt_${newId()}`;
  private readonly made = new Set<string>();

  constructor(
    private readonly connection: Connection,
    private readonly session?: mongo.ClientSession,
  ) {}

  /** The one beside `collection`. */
  of(collection: string): mongo.Collection<Row> {
    this.made.add(collection);
    return this.db.collection<Row>(this.nameOf(collection));
  }

  /** Makes it with everything that the live one has, so that it can take its place. */
  async create({ collection, schema }: Projection): Promise<void> {
    const model = this.connection.model(this.nameOf(collection), schema.clone(), this.of(collection).collectionName);
    await model.createCollection();
    await model.createIndexes();
    this.connection.deleteModel(model.modelName);
  }

  rows<T extends Row>(collection: string, pipeline: readonly object[]): AsyncIterable<T> {
    if (!this.made.has(collection)) return this.liveRows(collection, pipeline);
    return this.of(collection).aggregate<T>([...pipeline], OPTIONS);
  }

  liveRows<T extends Row>(collection: string, pipeline: readonly object[]): AsyncIterable<T> {
    const options = this.session === undefined ? OPTIONS : { ...OPTIONS, session: this.session };
    return this.db.collection(collection).aggregate<T>([...pipeline], options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const collection of this.made) await this.of(collection).drop();
  }

  private get db(): mongo.Db {
    return this.connection.getClient().db(this.connection.name);
  }

  private nameOf(collection: string): string {
    return `${collection}_${this.suffix}`;
  }
}

const OPTIONS = { batchSize: BATCH, allowDiskUse: true };
