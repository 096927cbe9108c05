import { mkdir, mkdtemp, readdir, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type supertest from 'supertest';
import type { EventResource } from '#contracts';
import { startTestApp, type TestApp, type TestSession } from '#testing';
import { CLOCK, CONFIG, readConfig } from '../../config.js';
import { CompletionSweeper } from '../../events/completion/completion-sweeper.js';
import { AttachmentsModule } from '../attachments.module.js';
import { AttachmentsRepository } from '../attachments.repository.js';
import { AttachmentsSweeper } from '../attachments-sweeper.js';
import { SlowUpload } from './slow-upload.js';
import { S3Server } from './s3-server.js';

const HOUR_MS = 3_600_000;

/** Events and attachments as a real HTTP application, with a store of its own and a clock that the test sets. */
export class AttachmentsApp {
  now = new Date();

  private constructor(
    private readonly app: TestApp,
    private readonly directory: string,
    private readonly s3: S3Server | undefined,
  ) {}

  static async start(store: 'disk' | 'S3'): Promise<AttachmentsApp> {
    const directory = await mkdtemp(join(tmpdir(), 'usher-attachments-'));
    const s3 = store === 'S3' ? await S3Server.start() : undefined;
    const clock = { now: () => new Date() };
    class Settings {}
    const settings = {
      module: Settings,
      global: true,
      providers: [
        { provide: CONFIG, useValue: readConfig({ ATTACHMENTS_DIR: directory, ...s3?.settings }) },
        { provide: CLOCK, useValue: clock },
      ],
      exports: [CONFIG, CLOCK],
    };
    const app = await startTestApp({ imports: [settings, AttachmentsModule] });
    const started = new AttachmentsApp(app, directory, s3);
    clock.now = () => started.now;
    // Tests sweep when they mean to.
    started.sweeper.start(HOUR_MS);
    return started;
  }

  /** Forgets all events, and with them the attachments. */
  async clear(): Promise<void> {
    await this.connection.collection('events').deleteMany({});
    await this.connection.collection('attachments').updateMany({}, { $set: { check_at: new Date(0) } });
    await this.sweeper.removeDue();
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.s3?.stop();
    await rm(this.directory, { recursive: true });
  }

  get http(): TestApp['http'] {
    return this.app.http;
  }

  get sweeper(): AttachmentsSweeper {
    return this.app.app.get(AttachmentsSweeper);
  }

  get repository(): AttachmentsRepository {
    return this.app.app.get(AttachmentsRepository);
  }

  get connection(): Connection {
    return this.app.app.get<Connection>(getConnectionToken());
  }

  session(who?: Parameters<TestApp['tokens']['session']>[0]): Promise<TestSession> {
    return this.app.tokens.session(who);
  }

  hours(n: number): Date {
    return new Date(this.now.getTime() + n * HOUR_MS);
  }

  async createEvent(creator: TestSession): Promise<EventResource> {
    const body = {
      title: 'Jazz night',
      description: '',
      location: 'Berlin',
      start_time: this.hours(24),
      end_time: this.hours(26),
    };
    const response = await this.http.post('/v1/events').set(creator.headers).send(body).expect(201);
    return response.body as EventResource;
  }

  /** Completes the events that are over. */
  async completeEvents(): Promise<void> {
    await this.app.app.get(CompletionSweeper).completeDue();
  }

  /** An upload of one file, as browsers send them. */
  attach(event: { id: string }, caller: TestSession, content: Buffer, name = 'flyer.png'): supertest.Test {
    return this.http.post(`/v1/events/${event.id}/attachment`).set(caller.headers).attach('file', content, name);
  }

  /** A request for what an event's `attachment_url` leads to; redirects are not followed. */
  download(event: EventResource): supertest.Test {
    return this.http.get(new URL(event.attachment_url ?? '').pathname).redirects(0);
  }

  /** An upload that goes on as the test says. */
  beginUpload(
    event: { id: string },
    caller?: TestSession,
    { headers, fileName }: { headers?: Record<string, string>; fileName?: string } = {},
  ): SlowUpload {
    const url = `${this.app.url}/v1/events/${event.id}/attachment`;
    return new SlowUpload(url, { ...caller?.headers, ...headers }, fileName);
  }

  /** What an event's `attachment_url` leads to in the end. */
  async fetchAttachment(event: EventResource): Promise<{ headers: Headers; content: Buffer }> {
    const response = await fetch(this.app.url + new URL(event.attachment_url ?? '').pathname);
    if (!response.ok) throw new Error(`The download was answered with ${response.status}`);
    return { headers: response.headers, content: Buffer.from(await response.arrayBuffer()) };
  }

  /** The ids of the files in the store. */
  async stored(): Promise<string[]> {
    return this.s3?.ids() ?? (await readdir(this.directory)).filter((name) => name !== 'incoming');
  }

  /** Puts a file into the disk store, behind its back. */
  async putIntoStore(id: string): Promise<void> {
    await writeFile(join(this.directory, id), 'x');
  }

  /** Makes a file one that the disk store cannot remove. */
  async obstruct(id: string): Promise<void> {
    await rm(join(this.directory, id));
    await mkdir(join(this.directory, id));
  }

  async clearTheWay(id: string): Promise<void> {
    await rmdir(join(this.directory, id));
  }

  /** Takes every file out of the disk store, behind its back. */
  async loseFiles(): Promise<void> {
    for (const id of await this.stored()) await rm(join(this.directory, id));
  }

  /** The names of the files that are arriving. */
  arriving(): Promise<string[]> {
    return readdir(join(this.directory, 'incoming'));
  }

  /** How much of them has arrived, in bytes. */
  async bytesArrived(): Promise<number> {
    const sizes = (await this.arriving()).map(
      async (name) => (await stat(join(this.directory, 'incoming', name))).size,
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  /** Leaves half a file behind that somebody was sending half an hour ago. */
  async leaveArriving(): Promise<void> {
    const path = join(this.directory, 'incoming', 'half');
    await writeFile(path, 'x');
    await utimes(path, this.hours(-0.5), this.hours(-0.5));
  }

  /** Takes the folder away in which files arrive. */
  async breakSpool(): Promise<void> {
    await rename(join(this.directory, 'incoming'), join(this.directory, 'gone'));
  }

  async mendSpool(): Promise<void> {
    await rename(join(this.directory, 'gone'), join(this.directory, 'incoming'));
  }

  /** What is known of files, stored or about to be. */
  async known(): Promise<string[]> {
    const documents = await this.connection.collection<{ _id: string }>('attachments').find().toArray();
    return documents.map(({ _id }) => _id);
  }
}
