import { type DynamicModule, Module } from '@nestjs/common';
import { JwksKeySource, TokenModule } from '#auth';
import { HttpModule, httpSettingsOf } from '#http';
import { MessagingModule } from '#messaging';
import { type Logger, ObservabilityModule } from '#observability';
import { PersistenceModule } from '#persistence';
import { AsyncApiModule } from './asyncapi/asyncapi.module.js';
import { BusModule } from './bus/bus.module.js';
import type { Config } from './config.js';
import { DeadLettersModule } from './dead-letters/dead-letters.module.js';
import { DeliveryModule } from './delivery/delivery.module.js';
import { DevicesModule } from './devices/devices.module.js';
import { FollowsModule } from './follows/follows.module.js';
import { ForwardersModule } from './forwarders/forwarders.module.js';
import { IntakeModule } from './intake/intake.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { OutreachModule } from './outreach/outreach.module.js';
import { PreferencesModule } from './preferences/preferences.module.js';
import { RealtimeModule } from './realtime/realtime.module.js';
import { ReplaysModule } from './replays/replays.module.js';
import { SchemasModule } from './schemas/schemas.module.js';
import { SettingsModule } from './settings.module.js';
import { SubscriptionsModule } from './subscriptions/subscriptions.module.js';
import { WorkflowsModule } from './workflows/workflows.module.js';
import { TemplatesModule } from './templates/templates.module.js';

export const SERVICE = 'notification-service';

/** Everything that happens after something happened. */
@Module({})
export class AppModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(config),
        ObservabilityModule.forRoot({ service: SERVICE, logger }),
        PersistenceModule.forRoot({ uri: config.MONGODB_URI, database: config.MONGODB_DATABASE }),
        MessagingModule.forRoot({ url: config.RABBITMQ_URL, service: SERVICE }),
        HttpModule.forRoot(httpSettingsOf(config)),
        TokenModule.forRoot({
          keys: new JwksKeySource(config.JWKS_URL),
          policy: { issuer: config.TOKEN_ISSUER, audience: config.TOKEN_AUDIENCE },
        }),
        NotificationsModule,
        FollowsModule,
        PreferencesModule,
        DevicesModule,
        IntakeModule,
        RealtimeModule,
        SubscriptionsModule,
        DeliveryModule,
        DeadLettersModule,
        ReplaysModule,
        BusModule,
        SchemasModule,
        WorkflowsModule,
        TemplatesModule,
        ForwardersModule,
        OutreachModule,
        AsyncApiModule,
      ],
    };
  }
}
