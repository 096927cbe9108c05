import { type DynamicModule, Module } from '@nestjs/common';
import { type SigningKey, TokenModule } from '#auth';
import { HttpModule } from '#http';
import { MessagingModule } from '#messaging';
import { type Logger, ObservabilityModule } from '#observability';
import { PersistenceModule } from '#persistence';
import { AttachmentsModule } from './attachments/attachments.module.js';
import { AttendeesModule } from './attendees/attendees.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BookingsModule } from './bookings/bookings.module.js';
import { ClientsModule } from './clients/clients.module.js';
import { type Config, httpSettingsOf } from './config.js';
import { ContactsModule } from './contacts/contacts.module.js';
import { EventLogRelayModule } from './event-log/event-log-relay.module.js';
import { EventsModule } from './events/events.module.js';
import { PartnerModule } from './partner/partner.module.js';
import { RemindersModule } from './reminders/reminders.module.js';
import { SettingsModule } from './settings.module.js';
import { UsersModule } from './users/users.module.js';
import { WorkflowsModule } from './workflows/workflows.module.js';

export const SERVICE = 'event-service';

/** Users, events and attendees, and the log of what happens to them. */
@Module({})
export class AppModule {
  static forRoot(config: Config, { signingKey, logger }: { signingKey: SigningKey; logger: Logger }): DynamicModule {
    const policy = { issuer: config.TOKEN_ISSUER, audience: config.TOKEN_AUDIENCE };
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(config),
        ObservabilityModule.forRoot({ service: SERVICE, logger }),
        PersistenceModule.forRoot({ uri: config.MONGODB_URI, database: config.MONGODB_DATABASE }),
        MessagingModule.forRoot({ url: config.RABBITMQ_URL, service: SERVICE }),
        HttpModule.forRoot(httpSettingsOf(config)),
        TokenModule.forRoot({ keys: signingKey, policy }),
        EventLogRelayModule,
        WorkflowsModule,
        UsersModule,
        AuthModule.forRoot(signingKey, policy),
        ClientsModule,
        EventsModule,
        RemindersModule,
        BookingsModule,
        AttendeesModule,
        ContactsModule,
        AttachmentsModule,
        PartnerModule,
      ],
    };
  }
}
