import { Module } from '@nestjs/common';
import { Transactions } from '#persistence';
import { ArchiveModule } from '../archive/archive.module.js';
import { FollowsModule } from '../follows/follows.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { RealtimeModule } from '../realtime/realtime.module.js';
import { Announcer } from './announcer.js';
import { IntakeController } from './intake.controller.js';
import { IntakeService } from './intake.service.js';

@Module({
  imports: [ArchiveModule, NotificationsModule, FollowsModule, RealtimeModule],
  controllers: [IntakeController],
  providers: [IntakeService, Announcer, Transactions],
})
export class IntakeModule {}
