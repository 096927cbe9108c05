import { Module } from '@nestjs/common';
import { BusModule } from '../bus/bus.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { AdEventsXDeliveryModule } from './adeventsx/adeventsx-delivery.module.js';
import { AdEventsXController } from './adeventsx/adeventsx.controller.js';
import { AdEventsXService } from './adeventsx/adeventsx.service.js';

/** Systems outside that clients have events sent to, by way of the bus. */
@Module({
  imports: [BusModule, DeliveryModule, AdEventsXDeliveryModule],
  controllers: [AdEventsXController],
  providers: [AdEventsXService],
})
export class ForwardersModule {}
