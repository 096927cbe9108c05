import { Injectable } from '@nestjs/common';
import { hasScope, type Principal } from '#auth';
import type { Page, PageRequest, Precondition } from '#http';
import { UsherError } from '#kernel';
import { Transactions } from '#persistence';
import { ReplayDeliveriesRepository } from '../delivery/replay-deliveries.repository.js';
import { type Replay, type Tally, tally } from './replay.js';
import { ReplayEnding } from './replay-ending.js';
import { ReplaysRepository } from './replays.repository.js';

/** A replay, and what has become of its deliveries. */
export interface ReplayProgress {
  replay: Replay;
  deliveries: Tally;
}

/** Shows and cancels replays, for whoever owns the subscription, even where that is gone, and for admins. */
@Injectable()
export class ReplaysService {
  constructor(
    private readonly replays: ReplaysRepository,
    private readonly deliveries: ReplayDeliveriesRepository,
    private readonly ending: ReplayEnding,
    private readonly transactions: Transactions,
  ) {}

  /** Throws `not-found` where it is none of the caller's business. */
  async readReplay(id: string, principal: Principal): Promise<ReplayProgress> {
    return this.transactions.run(async () => {
      const replay = await this.require(id, principal);
      const [progress] = await this.withProgress([replay]);
      return progress ?? { replay, deliveries: tally(replay, {}) };
    });
  }

  /** The caller's own, and everybody's for an admin; newest first. */
  async listReplays(
    { subscription_id, ...request }: PageRequest & { subscription_id?: string | undefined },
    principal: Principal,
  ): Promise<Page<ReplayProgress>> {
    const owner_id = hasScope(principal, 'admin') ? undefined : principal.id;
    return this.transactions.run(async () => {
      const { data, next_cursor } = await this.replays.page({ owner_id, subscription_id }, request);
      return { data: await this.withProgress(data), next_cursor };
    });
  }

  /**
   * Ends it: nothing of it is sent any more but what is under way. Does nothing where it is canceled already. Throws
   * `not-found` like {@link readReplay}, and `conflict` where it is completed.
   */
  async cancelReplay(
    id: string,
    { principal, precondition }: { principal: Principal; precondition: Precondition },
  ): Promise<void> {
    await this.transactions.run(async () => {
      const replay = await this.require(id, principal);
      precondition.require(replay.version);
      await this.ending.cancel(replay, 'requested');
    });
  }

  private async require(id: string, principal: Principal): Promise<Replay> {
    const replay = await this.replays.find(id);
    if (replay === undefined || !(replay.owner_id === principal.id || hasScope(principal, 'admin')))
      throw new UsherError('not-found', 'There is no such replay.');
    return replay;
  }

  /** Within a transaction: all of it as it was at one time. */
  private async withProgress(replays: readonly Replay[]): Promise<ReplayProgress[]> {
    const counts = await this.deliveries.countByStatus(replays.map(({ id }) => id));
    return replays.map((replay) => ({ replay, deliveries: tally(replay, counts.get(replay.id) ?? {}) }));
  }
}
