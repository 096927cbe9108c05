import { type DynamicModule, Module } from '@nestjs/common';
import { getConnectionToken, MongooseModule } from '@nestjs/mongoose';
import mongoose, { type Connection } from 'mongoose';
import { HealthProbes, type Logger, LOGGER } from '#observability';
import { AbandonedTransactions, APP_NAME } from './abandoned-transactions.js';
import { createIndexes } from './indexes.js';

// A mistyped filter must not match a whole collection, a filter value must not smuggle in an operator, and a write
// inside a transaction must not escape it.
mongoose.set('strictQuery', 'throw');
mongoose.set('sanitizeFilter', true);
mongoose.set('transactionAsyncLocalStorage', true);

export interface PersistenceOptions {
  uri: string;
  database: string;
}

/** One service's MongoDB connection; its indexes exist before the application listens. */
@Module({})
export class PersistenceModule {
  static forRoot({ uri, database }: PersistenceOptions): DynamicModule {
    return {
      module: PersistenceModule,
      imports: [
        MongooseModule.forRoot(uri, {
          dbName: database,
          autoIndex: false,
          autoCreate: false,
          serverSelectionTimeoutMS: 10_000,
          writeConcern: { w: 'majority' },
          maxPoolSize: 50,
          appName: APP_NAME,
        }),
      ],
      providers: [
        {
          provide: MongoHealth,
          inject: [getConnectionToken(), HealthProbes],
          useFactory: (connection: Connection, probes: HealthProbes) => new MongoHealth(connection, probes),
        },
        {
          provide: AbandonedTransactions,
          inject: [getConnectionToken(), LOGGER],
          useFactory: (connection: Connection, logger: Logger) => new AbandonedTransactions(connection, logger),
        },
      ],
    };
  }
}

class MongoHealth {
  constructor(
    private readonly connection: Connection,
    probes: HealthProbes,
  ) {
    probes.register('mongodb', async () => {
      await connection.db?.command({ ping: 1 }, { timeoutMS: 2_000 });
    });
  }

  /** Every feature has registered its models by now, and nothing listens yet. */
  async onModuleInit(): Promise<void> {
    await createIndexes(this.connection);
  }
}
