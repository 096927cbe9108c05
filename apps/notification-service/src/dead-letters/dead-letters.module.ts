import { Module } from '@nestjs/common';
import { Transactions } from '#persistence';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLettersService } from './dead-letters.service.js';

@Module({
  imports: [DeliveryModule],
  controllers: [DeadLettersController],
  providers: [Transactions, DeadLettersService],
})
export class DeadLettersModule {}
