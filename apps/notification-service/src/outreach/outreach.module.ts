import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeasesModule } from '#persistence';
import { ArchiveModule } from '../archive/archive.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { PreferencesModule } from '../preferences/preferences.module.js';
import { EmailModule } from './email/email.module.js';
import { Follower } from './follower.js';
import { GuestsRepository } from './guests/guests.repository.js';
import { GUEST, guestSchema } from './guests/guests.schema.js';
import { Outreach } from './outreach.service.js';

/** How people hear of what happened while they are not looking. */
@Module({
  imports: [
    MongooseModule.forFeature([{ name: GUEST, schema: guestSchema }]),
    ArchiveModule,
    NotificationsModule,
    PreferencesModule,
    DeliveryModule,
    LeasesModule,
    EmailModule,
  ],
  providers: [GuestsRepository, Outreach, Follower],
})
export class OutreachModule {}
