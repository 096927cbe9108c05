import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DevicesController } from './devices.controller.js';
import { DevicesRepository } from './devices.repository.js';
import { DEVICE, deviceSchema } from './devices.schema.js';
import { DevicesService } from './devices.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: DEVICE, schema: deviceSchema }])],
  controllers: [DevicesController],
  providers: [DevicesRepository, DevicesService],
  exports: [DevicesService],
})
export class DevicesModule {}
