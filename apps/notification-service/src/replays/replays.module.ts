import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeasesModule, Transactions } from '#persistence';
import { ArchiveModule } from '../archive/archive.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { SubscriptionsModule } from '../subscriptions/subscriptions.module.js';
import { ReplayEnding } from './replay-ending.js';
import { ReplayReports } from './replay-reports.js';
import { ReplayRequests } from './replay-requests.service.js';
import { ReplayRunner } from './replay-runner.js';
import { ReplayWalk } from './replay-walk.js';
import { ReplayWorker } from './replay-worker.js';
import { ReplaysController } from './replays.controller.js';
import { ReplaysRepository } from './replays.repository.js';
import { REPLAY, replaySchema } from './replays.schema.js';
import { ReplaysService } from './replays.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: REPLAY, schema: replaySchema }]),
    ArchiveModule,
    DeliveryModule,
    LeasesModule,
    SubscriptionsModule,
  ],
  controllers: [ReplaysController],
  providers: [
    Transactions,
    ReplaysRepository,
    ReplayReports,
    ReplayEnding,
    ReplayRequests,
    ReplaysService,
    ReplayWalk,
    ReplayRunner,
    ReplayWorker,
  ],
})
export class ReplaysModule {}
