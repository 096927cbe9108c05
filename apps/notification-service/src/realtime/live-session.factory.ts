import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import { LOGGER, type Logger, Metrics } from '#observability';
import { NotificationsService } from '../notifications/notifications.service.js';
import type { LiveConnection } from './live-connection.js';
import { LiveFeed } from './live-feed.js';
import { LivePreferences } from './live-preferences.js';
import { LiveSession } from './live-session.js';
import { LiveSessions } from './live-sessions.js';

/** Opens and ends live sessions, for every transport alike. */
@Injectable()
export class LiveSessionFactory {
  constructor(
    private readonly notifications: NotificationsService,
    private readonly feed: LiveFeed,
    private readonly preferences: LivePreferences,
    private readonly sessions: LiveSessions,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Registers the session before it starts, so that nothing committed from here on passes it by. */
  open(principal: Principal, connection: LiveConnection, after: number | undefined): LiveSession {
    const session = new LiveSession(principal, connection, this.notifications, this.feed, this.preferences);
    this.sessions.add(session);
    this.logger.info({ user_id: principal.id, transport: connection.transport, after }, 'live.opened');
    session.start(after).catch((error: unknown) => {
      this.logger.warn({ err: error, user_id: principal.id }, 'live.failed');
      session.close('failed');
    });
    return session;
  }

  /** For a session whose connection is gone, whoever ended it; harmless when said twice. */
  end(session: LiveSession): void {
    session.end();
    const reason = session.endReason;
    if (!this.sessions.remove(session)) return;
    this.metrics.count('usher_live_disconnected_total', { reason });
    this.logger.info({ user_id: session.principal.id, transport: session.transport, reason }, 'live.closed');
  }
}
