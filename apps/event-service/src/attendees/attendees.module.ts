import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { EventLogModule, Transactions } from '#persistence';
import { AttendeesController } from './attendees.controller.js';
import { AttendeesRepository } from './attendees.repository.js';
import { ATTENDEE, attendeeSchema } from './attendees.schema.js';
import { AttendeesService } from './attendees.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: ATTENDEE, schema: attendeeSchema }]), EventLogModule],
  controllers: [AttendeesController],
  providers: [Transactions, AttendeesRepository, AttendeesService],
  exports: [AttendeesService],
})
export class AttendeesModule {}
