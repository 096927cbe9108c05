import { getConnectionToken, getModelToken } from '@nestjs/mongoose';
import { Test } from '@nestjs/testing';
import type { Connection, Model } from 'mongoose';
import { type Clock, newId, systemClock } from '#kernel';
import { Metrics, ObservabilityModule } from '#observability';
import {
  EVENT_LOG,
  EventLog,
  EventLogModule,
  LEASE,
  type LeaseDocument,
  Leases,
  LeasesModule,
  type LogEntry,
  type NewLogEntry,
  PersistenceModule,
  Transactions,
} from '#persistence';
import { MongoRelayLog, type OutgoingMessage, Relay, type RelayOptions } from '../src/index.js';
import { EXCHANGES } from '../src/topology.js';
import { silent } from './broker.js';

export interface BusMessage {
  stream: string;
  version: number;
  position: number;
}

/** What the tests put on the bus for an entry. */
const toMessage = ({ _id, stream, version }: LogEntry, position: number): OutgoingMessage => ({
  exchange: EXCHANGES.events,
  routingKey: 'test.logged',
  content: Buffer.from(JSON.stringify({ stream, version, position } satisfies BusMessage)),
  properties: { messageId: _id, type: 'test.logged' },
});

/** An event log in a database of its own, with as many relays as a test wants. */
export class TestLog {
  private constructor(
    readonly connection: Connection,
    readonly entries: Model<LogEntry>,
    readonly leaseModel: Model<LeaseDocument>,
    readonly eventLog: EventLog,
    readonly leases: Leases,
    readonly transactions: Transactions,
    readonly close: () => Promise<void>,
  ) {}

  static async open(name: string, uri = process.env['USHER_TEST_MONGODB_URI'] ?? ''): Promise<TestLog> {
    const module = await Test.createTestingModule({
      imports: [
        ObservabilityModule.forRoot({ service: 'test', logger: silent }),
        PersistenceModule.forRoot({ uri, database: `${name}-${newId()}` }),
        EventLogModule,
        LeasesModule,
      ],
      providers: [Transactions],
    }).compile();
    await module.init();
    const connection = module.get<Connection>(getConnectionToken(), { strict: false });
    return new TestLog(
      connection,
      module.get<Model<LogEntry>>(getModelToken(EVENT_LOG), { strict: false }),
      module.get<Model<LeaseDocument>>(getModelToken(LEASE), { strict: false }),
      module.get(EventLog, { strict: false }),
      module.get(Leases, { strict: false }),
      module.get(Transactions),
      async () => {
        await connection.dropDatabase();
        await module.close();
      },
    );
  }

  relayLog(leases = this.leases, transactions = this.transactions): MongoRelayLog<LogEntry> {
    const { entries } = this;
    return new MongoRelayLog({
      name: 'log',
      entries,
      leases,
      transactions,
      clock: systemClock,
      logger: silent,
      toMessage,
    });
  }

  leasesBy(clock: Clock): Leases {
    return new Leases(this.leaseModel, clock);
  }

  /** A relay that is woken by what this process appends, as the application wires it. */
  relay(publisher: RelayOptions['publisher'], options: Partial<RelayOptions> = {}): Relay {
    const relay = new Relay({
      log: this.relayLog(),
      leases: this.leases,
      publisher,
      clock: systemClock,
      logger: silent,
      metrics: new Metrics('test'),
      ...options,
    });
    this.eventLog.onAppended(() => relay.wake());
    return relay;
  }

  /** Appends versions `from` to `to` of a stream, each in a transaction of its own. */
  async append(stream: string, from: number, to = from): Promise<void> {
    for (let version = from; version <= to; version += 1)
      await this.transactions.run(() => this.eventLog.append(entryOf(stream, version)));
  }

  async unpublished(): Promise<number> {
    return this.entries.countDocuments({ published_at: null });
  }
}

export const entryOf = (stream: string, version: number, time = new Date()): NewLogEntry => ({
  stream,
  version,
  type: 'usher.user.registered',
  subject: stream,
  data: { user: { id: newId(), username: 'ada' } },
  time,
  actor: { id: null, username: 'system' },
});
