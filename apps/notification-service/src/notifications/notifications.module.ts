import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ArchiveModule } from '../archive/archive.module.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsRepository } from './notifications.repository.js';
import { NOTIFICATION, notificationSchema, RETENTION_HORIZON, retentionHorizonSchema } from './notifications.schema.js';
import { NotificationsService } from './notifications.service.js';
import { ReadersRepository } from './readers.repository.js';
import { READ_MARK, READER, readerSchema, readMarkSchema } from './readers.schema.js';
import { Retention } from './retention.js';

@Module({
  imports: [
    ArchiveModule,
    MongooseModule.forFeature([
      { name: NOTIFICATION, schema: notificationSchema },
      { name: RETENTION_HORIZON, schema: retentionHorizonSchema },
      { name: READER, schema: readerSchema },
      { name: READ_MARK, schema: readMarkSchema },
    ]),
  ],
  controllers: [NotificationsController],
  providers: [NotificationsRepository, ReadersRepository, NotificationsService, Retention],
  exports: [NotificationsRepository, ReadersRepository, NotificationsService],
})
export class NotificationsModule {}
