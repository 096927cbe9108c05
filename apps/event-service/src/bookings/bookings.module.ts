import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { EventLogModule, Transactions } from '#persistence';
import { AttendeesModule } from '../attendees/attendees.module.js';
import { EventsModule } from '../events/events.module.js';
import { UsersModule } from '../users/users.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { BookingJournal } from './settling/booking-journal.js';
import { BookingOrders } from './booking-orders.js';
import { BookingViews } from './booking-views.js';
import { BookingWorkflows } from './booking-workflows.js';
import { BookingsController } from './bookings.controller.js';
import { BookingsOfAttendees } from './bookings-of-attendees.js';
import { BookingsRepository } from './bookings.repository.js';
import { BOOKING, bookingSchema } from './bookings.schema.js';
import { BookingsService } from './bookings.service.js';
import { BoxOffice } from './settling/box-office.js';
import { GuestListController } from './guest-list/guest-list.controller.js';
import { GuestList } from './guest-list/guest-list.js';
import { SeatLedger } from './settling/seat-ledger.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: BOOKING, schema: bookingSchema }]),
    EventLogModule,
    EventsModule,
    AttendeesModule,
    UsersModule,
    WorkflowsModule,
  ],
  controllers: [BookingsController, GuestListController],
  providers: [
    Transactions,
    BookingsRepository,
    BookingJournal,
    SeatLedger,
    BoxOffice,
    BookingOrders,
    BookingViews,
    BookingsService,
    GuestList,
    BookingWorkflows,
    BookingsOfAttendees,
  ],
})
export class BookingsModule {}
