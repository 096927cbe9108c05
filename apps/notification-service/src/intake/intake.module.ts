import { Module } from '@nestjs/common';
import { Transactions } from '#persistence';
import { ArchiveModule } from '../archive/archive.module.js';
import { FollowsModule } from '../follows/follows.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { IntakeService } from './intake.service.js';

@Module({
  imports: [ArchiveModule, NotificationsModule, FollowsModule],
  providers: [IntakeService, Transactions],
  exports: [IntakeService],
})
export class IntakeStorageModule {}
