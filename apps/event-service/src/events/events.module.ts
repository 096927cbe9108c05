import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { EventLogModule, Transactions, Turns } from '#persistence';
import { CalendarController } from './calendar/calendar.controller.js';
import { CalendarFeed } from './calendar/calendar-feed.js';
import { CompletionSweeper } from './completion/completion-sweeper.js';
import { EventHistory } from './history/event-history.js';
import { EventsController } from './events.controller.js';
import { EventsRepository } from './events.repository.js';
import { EVENT, eventSchema } from './events.schema.js';
import { EventsService } from './events.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: EVENT, schema: eventSchema }]), EventLogModule],
  controllers: [EventsController, CalendarController],
  providers: [
    { provide: Turns, useFactory: () => new Turns() },
    Transactions,
    EventsRepository,
    EventsService,
    EventHistory,
    CalendarFeed,
    CompletionSweeper,
  ],
  exports: [EventsService, EventsRepository, Turns],
})
export class EventsModule {}
