import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { EventLogModule, Transactions } from '#persistence';
import { EventsModule } from '../events/events.module.js';
import { ReminderSchedule } from './reminder-schedule.js';
import { ReminderSender } from './reminder-sender.js';
import { RemindersRepository } from './reminders.repository.js';
import { PROGRESS, progressSchema } from './reminders.schema.js';
import { RemindersService } from './reminders.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: PROGRESS, schema: progressSchema }]), EventLogModule, EventsModule],
  providers: [Transactions, RemindersRepository, ReminderSender, RemindersService, ReminderSchedule],
})
export class RemindersModule {}
