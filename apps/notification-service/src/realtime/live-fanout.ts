import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { idSchema } from '#contracts';
import { Realtime } from '#messaging';
import { LOGGER, type Logger } from '#observability';
import { NotificationsService } from '../notifications/notifications.service.js';
import { type CommittedBatch, committedBatchSchema, type SentNotification } from './committed-batch.js';
import { LiveFeed } from './live-feed.js';
import { LiveSessions } from './live-sessions.js';

/** More notifications than this are not sent along: every instance reads its own readers' from history. */
const MAX_SENT_ALONG = 500;

const readChange = z.object({ userId: idSchema });

const COMMITTED = 'notifications.committed';
const READ = 'notifications.read';

interface AnnouncedBatch extends CommittedBatch {
  notifications: SentNotification[];
}

/** What the instances of this service tell one another for the sake of open connections; best effort throughout. */
@Injectable()
export class LiveFanout implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly endings: (() => void)[] = [];

  constructor(
    private readonly realtime: Realtime,
    private readonly feed: LiveFeed,
    private readonly sessions: LiveSessions,
    private readonly notifications: NotificationsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const catchUp = (): void => void this.feed.catchUp();
    const readChanges = this.notifications.readChanges.subscribe((userId) => {
      this.recount(userId);
      this.realtime.publish(READ, { userId });
    });
    this.endings.push(
      () => readChanges.unsubscribe(),
      this.realtime.subscribe(COMMITTED, committedBatchSchema, {
        onMessage: (batch) => void this.feed.accept(batch),
        onEstablished: catchUp,
      }),
      this.realtime.subscribe(READ, readChange, {
        onMessage: ({ userId }) => this.recount(userId),
        onEstablished: () => undefined,
      }),
    );
  }

  onApplicationShutdown(): void {
    for (const end of this.endings) end();
  }

  /** Lets every instance know what intake has committed. */
  announce({ after, upTo, notifications }: AnnouncedBatch): void {
    const sentAlong = notifications.length > MAX_SENT_ALONG ? null : notifications.map(toSend);
    this.realtime.publish(COMMITTED, { after, upTo, notifications: sentAlong } satisfies CommittedBatch);
  }

  private recount(userId: string): void {
    for (const session of this.sessions.of(userId) ?? [])
      session
        .recount()
        .catch((error: unknown) => this.logger.warn({ err: error, user_id: userId }, 'live.recount_failed'));
  }
}

const toSend = ({ _id, position, user_id, payload, traceparent }: SentNotification): SentNotification => ({
  _id,
  position,
  user_id,
  payload,
  traceparent,
});
