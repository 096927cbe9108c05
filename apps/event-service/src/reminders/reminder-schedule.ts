import { MongoBackend } from '@agendajs/mongo-backend';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { Agenda } from 'agenda';
import type { Connection } from 'mongoose';
import { currentContext, type Logger, LOGGER, runInContext } from '#observability';
import { CONFIG, type Config } from '../config.js';
import { RemindersService } from './reminders.service.js';

const JOB = 'send reminders';
const EVERY = '5 seconds';
/** How often each instance looks whether the job is free and due; it is taken at most this long before. */
const POLL_MS = 1_000;
/** How soon another instance takes over from one that died with the job in hand. A longer run gets company, and no harm. */
const LOCK_MS = 10_000;

/** Has one of the instances send the reminders that are due, every few seconds: one job, kept in MongoDB by agenda. */
@Injectable()
export class ReminderSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private agenda: Agenda | undefined;
  private running: Promise<void> | undefined;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    private readonly reminders: RemindersService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'REMINDERS_BEFORE'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.REMINDERS_BEFORE.length === 0) return;
    const db = this.connection.getClient().db(this.connection.name);
    this.agenda = new Agenda({ backend: new MongoBackend({ mongo: db, collection: 'jobs' }), processEvery: POLL_MS });
    this.agenda.on('error', (error: unknown) => this.logger.warn({ err: error }, 'reminders.waiting'));
    this.agenda.on('fail', (error: unknown) => this.logger.error({ err: error }, 'reminders.failed'));
    this.agenda.define(JOB, () => this.run(), { lockLifetime: LOCK_MS, concurrency: 1 });
    await this.agenda.start();
    await this.agenda.every(EVERY, JOB);
  }

  /** Gives back a job that waits for its moment, and finishes one that runs; Nest closes the database after this. */
  async onModuleDestroy(): Promise<void> {
    await this.agenda?.stop();
    await Promise.allSettled([this.running]);
  }

  private run(): Promise<void> {
    this.running = runInContext(currentContext(), () => this.reminders.remindDue());
    return this.running;
  }
}
