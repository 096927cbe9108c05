import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { CONFIG, type Config } from '../config.js';
import { EventsModule } from '../events/events.module.js';
import { AttachmentsController } from './attachments.controller.js';
import { AttachmentsRepository } from './attachments.repository.js';
import { ATTACHMENT, attachmentSchema } from './attachments.schema.js';
import { AttachmentsService } from './attachments.service.js';
import { AttachmentsSweeper } from './attachments-sweeper.js';
import { ATTACHMENT_STORE, type AttachmentStore } from './store/attachment-store.js';
import { DiskStore } from './store/disk-store.js';
import { s3SettingsOf } from './store/s3-settings.js';
import { S3Store } from './store/s3-store.js';
import { letFilesThrough } from './upload/multipart-routes.js';
import { Spool } from './upload/spool.js';
import { Uploads } from './upload/uploads.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: ATTACHMENT, schema: attachmentSchema }]), EventsModule],
  controllers: [AttachmentsController],
  providers: [
    { provide: Spool, inject: [CONFIG], useFactory: createSpool },
    { provide: ATTACHMENT_STORE, inject: [CONFIG], useFactory: createStore },
    { provide: Uploads, inject: [Spool], useFactory: (spool: Spool) => new Uploads(spool) },
    AttachmentsRepository,
    AttachmentsService,
    AttachmentsSweeper,
  ],
})
export class AttachmentsModule {
  constructor({ httpAdapter }: HttpAdapterHost<FastifyAdapter>) {
    letFilesThrough(httpAdapter.getInstance());
  }
}

/** On the disk store's own file system, so that what has arrived is moved and not copied. */
async function createSpool({ ATTACHMENTS_DIR }: Config): Promise<Spool> {
  const spool = new Spool(join(ATTACHMENTS_DIR, 'incoming'));
  try {
    await spool.create();
    return spool;
  } catch (cause) {
    throw new Error(
      `Wrong settings in the environment:\n  ATTACHMENTS_DIR: cannot be written to (${ATTACHMENTS_DIR})`,
      {
        cause,
      },
    );
  }
}

function createStore(config: Config): AttachmentStore {
  const s3 = s3SettingsOf(config);
  return s3 === undefined ? new DiskStore(config.ATTACHMENTS_DIR) : new S3Store(s3);
}
