import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { EventLog } from './event-log.js';
import { EVENT_LOG, eventLogSchema } from './event-log.schema.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: EVENT_LOG, schema: eventLogSchema }])],
  providers: [EventLog],
  exports: [EventLog, MongooseModule],
})
export class EventLogModule {}
