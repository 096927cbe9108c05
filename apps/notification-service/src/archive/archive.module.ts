import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ArchiveFeed } from './archive-feed.js';
import { ArchiveRepository } from './archive.repository.js';
import { ARCHIVE_HEAD, ARCHIVED_EVENT, archivedEventSchema, archiveHeadSchema } from './archive.schema.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: ARCHIVED_EVENT, schema: archivedEventSchema },
      { name: ARCHIVE_HEAD, schema: archiveHeadSchema },
    ]),
  ],
  providers: [ArchiveRepository, ArchiveFeed],
  exports: [ArchiveRepository, ArchiveFeed],
})
export class ArchiveModule {}
