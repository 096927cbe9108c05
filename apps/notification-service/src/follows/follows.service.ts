import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '#http';
import type { Clock } from '#kernel';
import { CLOCK } from '../config.js';
import { FollowsRepository } from './follows.repository.js';
import type { Follow } from './follows.schema.js';

/** Following an event: its reminders, updates, cancellation, completion and deletion are told to whoever follows it. */
@Injectable()
export class FollowsService {
  constructor(
    private readonly follows: FollowsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Idempotent. An event may be followed before the news of its creation has come through, so any id is accepted. */
  async follow(userId: string, eventId: string): Promise<Follow> {
    return this.follows.add(userId, eventId, this.clock.now());
  }

  /** Newest first. Throws `validation-failed` for a cursor that is none. */
  async list(userId: string, request: PageRequest): Promise<Page<Follow>> {
    return this.follows.list(userId, request);
  }

  /** Idempotent. */
  async unfollow(userId: string, eventId: string): Promise<void> {
    await this.follows.remove(userId, eventId);
  }
}
