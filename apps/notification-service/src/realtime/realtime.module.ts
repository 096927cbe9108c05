import { type BeforeApplicationShutdown, Module } from '@nestjs/common';
import { ArchiveModule } from '../archive/archive.module.js';
import { FollowsModule } from '../follows/follows.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { PreferencesModule } from '../preferences/preferences.module.js';
import { LiveFanout } from './live-fanout.js';
import { LiveFeed } from './live-feed.js';
import { LivePreferences } from './live-preferences.js';
import { LiveSessionFactory } from './live-session.factory.js';
import { LiveSessions } from './live-sessions.js';
import { SocketsGateway } from './sockets.gateway.js';
import { StreamController } from './stream.controller.js';

@Module({
  imports: [ArchiveModule, NotificationsModule, FollowsModule, PreferencesModule],
  controllers: [StreamController],
  providers: [LiveSessions, LiveFeed, LiveFanout, LivePreferences, LiveSessionFactory, SocketsGateway],
  exports: [LiveFanout],
})
export class RealtimeModule implements BeforeApplicationShutdown {
  constructor(private readonly sessions: LiveSessions) {}

  /** Before the HTTP server closes, which would otherwise wait for streams that never end. */
  beforeApplicationShutdown(): void {
    this.sessions.closeAll('shutdown');
  }
}
