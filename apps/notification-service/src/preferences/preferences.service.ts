import { Inject, Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { NotificationType } from '#contracts';
import type { Precondition } from '#http';
import { type Clock, UsherError } from '#kernel';
import { CLOCK } from '../config.js';
import {
  defaultPreferences,
  type NotificationChannel,
  type Preferences,
  type PreferenceSettings,
  replaceSettings,
  unsubscribe,
} from './preference.js';
import { PreferencesRepository } from './preferences.repository.js';

const ATTEMPTS = 5;

/** How each person wants to be told of things: what they have said, and the defaults for whoever has said nothing. */
@Injectable()
export class PreferencesService {
  /** Somebody's preferences, as they are from now on. */
  readonly changes = new Subject<Preferences>();

  constructor(
    private readonly preferences: PreferencesRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** By the id of a user, or of an attendee who has booked without an account. */
  async read(id: string): Promise<Preferences> {
    const [stored] = await this.preferences.findAll([id]);
    return stored ?? defaultPreferences(id);
  }

  /** Those of all `ids` in one read. */
  async forUsers(ids: readonly string[]): Promise<Map<string, Preferences>> {
    const stored = new Map((await this.preferences.findAll(ids)).map((preferences) => [preferences.id, preferences]));
    return new Map(ids.map((id) => [id, stored.get(id) ?? defaultPreferences(id)]));
  }

  /**
   * The ids of all who have themselves chosen to have that type by that channel, in no time too many at once. For what
   * everybody is told, and where the default is not to.
   */
  whoWants(type: NotificationType, channel: NotificationChannel): AsyncIterable<string> {
    return this.preferences.optedIn(type, channel);
  }

  /** Throws `precondition-failed` where they are not at the expected version. */
  async replace(id: string, settings: PreferenceSettings, precondition: Precondition): Promise<Preferences> {
    return this.change(id, (state, now) => {
      precondition.require(state.version);
      return replaceSettings(state, settings, now);
    });
  }

  /** No more e-mails of that type. Idempotent. */
  async unsubscribe(id: string, type: NotificationType): Promise<void> {
    await this.change(id, (state, now) => unsubscribe(state, type, now));
  }

  private async change(id: string, decide: (state: Preferences, now: Date) => Preferences): Promise<Preferences> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const state = await this.read(id);
      const now = this.clock.now();
      const decided = decide(state, now);
      if (decided === state) return state;
      if (!(await this.preferences.save({ ...decided, updated_at: now }))) continue;
      this.changes.next(decided);
      return decided;
    }
    throw new UsherError('conflict', 'The preferences are being changed by others at the same time.', {
      retryable: true,
    });
  }
}
