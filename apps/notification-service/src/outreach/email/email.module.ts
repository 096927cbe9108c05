import { Module } from '@nestjs/common';
import { AllSubscribers } from '../../delivery/all-subscribers.js';
import { Channels } from '../../delivery/channels/channels.js';
import { DeliveryModule } from '../../delivery/delivery.module.js';
import { EnrichmentModule } from '../../enrichment/enrichment.module.js';
import { PreferencesModule } from '../../preferences/preferences.module.js';
import { TemplatesModule } from '../../templates/templates.module.js';
import { Calendars } from './calendars.js';
import { EmailChannel } from './email.channel.js';
import { EmailWriter } from './email-writer.js';
import { MailServer } from './mail-server.js';

/** E-mail as the delivery engine knows it: a channel, and the mail server as a receiver that is built in. */
@Module({
  imports: [DeliveryModule, EnrichmentModule, PreferencesModule, TemplatesModule],
  providers: [MailServer, EmailChannel, EmailWriter, Calendars],
  exports: [MailServer],
})
export class EmailModule {
  constructor(channels: Channels, channel: EmailChannel, subscribers: AllSubscribers, mailServer: MailServer) {
    channels.add(channel);
    subscribers.add(mailServer);
  }
}
