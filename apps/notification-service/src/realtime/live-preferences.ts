import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { idSchema, notificationTypeSchema } from '#contracts';
import { Realtime } from '#messaging';
import { LOGGER, type Logger } from '#observability';
import { mutedLive, type Preferences } from '../preferences/preference.js';
import { PreferencesService } from '../preferences/preferences.service.js';
import type { LiveWishes, Muted } from './live-session.js';
import { LiveSessions } from './live-sessions.js';

const CHANGED = 'preferences.changed';
const changeSchema = z.object({ user_id: idSchema, version: z.int(), types: z.array(notificationTypeSchema) });

/** How long a session may go by preferences that have changed, where the word of it was lost between the instances. */
const REFRESH_INTERVAL_MS = 60_000;
const USERS_AT_ONCE = 1_000;

/**
 * Has every open session know what its person does not want live, so that none has to ask for each notification: told when
 * it begins, and whenever that changes, on whichever instance.
 */
@Injectable()
export class LivePreferences implements LiveWishes, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly endings: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly preferences: PreferencesService,
    private readonly sessions: LiveSessions,
    private readonly realtime: Realtime,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const changes = this.preferences.changes.subscribe((preferences) => {
      this.tell(preferences.id, toMuted(preferences));
      this.realtime.publish(CHANGED, { user_id: preferences.id, ...toMuted(preferences) });
    });
    this.endings.push(
      () => changes.unsubscribe(),
      this.realtime.subscribe(CHANGED, changeSchema, {
        onMessage: ({ user_id, ...muted }) => this.tell(user_id, muted),
        onEstablished: () => void this.refresh(),
      }),
    );
    this.timer = setInterval(() => void this.refresh(), REFRESH_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    for (const end of this.endings) end();
  }

  async mutedFor(userId: string): Promise<Muted> {
    return toMuted(await this.preferences.read(userId));
  }

  private async refresh(): Promise<void> {
    const userIds = this.sessions.userIds();
    try {
      for (let from = 0; from < userIds.length; from += USERS_AT_ONCE) {
        const preferences = await this.preferences.forUsers(userIds.slice(from, from + USERS_AT_ONCE));
        for (const [userId, theirs] of preferences) this.tell(userId, toMuted(theirs));
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'live.preferences_delayed');
    }
  }

  private tell(userId: string, muted: Muted): void {
    for (const session of this.sessions.of(userId) ?? []) session.mute(muted);
  }
}

const toMuted = (preferences: Preferences): Muted => ({
  version: preferences.version,
  types: mutedLive(preferences),
});
