import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeasesModule, Transactions } from '#persistence';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLettersService } from './dead-letters.service.js';
import { DeadMessagesRepository } from './messages/dead-messages.repository.js';
import { DEAD_MESSAGE, deadMessageSchema } from './messages/dead-messages.schema.js';
import { FilingController } from './messages/filing.controller.js';
import { FilingService } from './messages/filing.service.js';
import { Redriver } from './messages/redriver.js';
import { OpenDeadLetters } from './open-dead-letters.js';
import { RedrivesService } from './redrives.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: DEAD_MESSAGE, schema: deadMessageSchema }]),
    DeliveryModule,
    LeasesModule,
  ],
  controllers: [DeadLettersController, FilingController],
  providers: [
    Transactions,
    DeadMessagesRepository,
    FilingService,
    Redriver,
    DeadLettersService,
    RedrivesService,
    OpenDeadLetters,
  ],
})
export class DeadLettersModule {}
