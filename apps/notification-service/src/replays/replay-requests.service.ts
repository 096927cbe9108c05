import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import { type Clock, UsherError } from '#kernel';
import { duplicateKeyFields } from '#persistence';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { CLOCK } from '../config.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { newReplay, type Replay } from './replay.js';
import { ReplayReports } from './replay-reports.js';
import { ReplaysRepository } from './replays.repository.js';

/** What somebody asks for, both ends included; positions and times may be mixed. */
export interface ReplayRequest {
  subscription_id: string;
  from: number | Date;
  to: number | Date;
  types: readonly string[] | null;
  dry_run: boolean;
}

/** Begins replays, of what is in the archive by then: so each of them ends. */
@Injectable()
export class ReplayRequests {
  constructor(
    private readonly replays: ReplaysRepository,
    private readonly subscriptions: SubscriptionsService,
    private readonly archive: ArchiveRepository,
    private readonly reports: ReplayReports,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Begins the replay of that id, unless the caller has done so before. Throws `not-found` like the subscription itself, and
   * `conflict` while another of its replays is running.
   */
  async startReplay(id: string, request: ReplayRequest, principal: Principal): Promise<void> {
    const { owner } = await this.subscriptions.readSubscription(request.subscription_id, principal);
    const created_by = { id: principal.id, username: principal.username };
    const range = await this.rangeOf(request);
    const replay = newReplay({ id, owner_id: owner.id, created_by, ...request, ...range }, this.clock.now());
    try {
      await this.replays.insert(replay);
    } catch (error) {
      return this.requireRepeated(error, id, principal);
    }
    this.reports.started(replay);
  }

  private async rangeOf({ from, to }: ReplayRequest): Promise<Pick<Replay, 'from' | 'to'>> {
    const first = from instanceof Date ? (await this.archive.positionBefore(from)) + 1 : from;
    const last = to instanceof Date ? await this.archive.positionAt(to) : Math.min(to, await this.archive.head());
    return { from: first, to: last };
  }

  private async requireRepeated(error: unknown, id: string, principal: Principal): Promise<void> {
    const taken = duplicateKeyFields(error);
    if (taken?.includes('subscription_id') === true)
      throw new UsherError('conflict', 'A replay to this subscription is running; wait for it, or cancel it.');
    const first = taken?.includes('_id') === true ? await this.replays.find(id) : undefined;
    if (first?.created_by.id !== principal.id) throw error;
  }
}
