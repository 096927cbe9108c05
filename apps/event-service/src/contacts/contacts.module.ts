import { Module } from '@nestjs/common';
import { AttendeesModule } from '../attendees/attendees.module.js';
import { UsersModule } from '../users/users.module.js';
import { ContactsController } from './contacts.controller.js';
import { ContactsService } from './contacts.service.js';

@Module({
  imports: [UsersModule, AttendeesModule],
  controllers: [ContactsController],
  providers: [ContactsService],
})
export class ContactsModule {}
