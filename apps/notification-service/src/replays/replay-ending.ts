import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { afterCommit } from '#persistence';
import { CLOCK } from '../config.js';
import { ReplayDeliveriesRepository } from '../delivery/replay-deliveries.repository.js';
import { type CancellationReason, cancelReplay, completeReplay, laneOf, type Replay } from './replay.js';
import { ReplayReports } from './replay-reports.js';
import { ReplaysRepository } from './replays.repository.js';

/** Ends replays, each within the running transaction. */
@Injectable()
export class ReplayEnding {
  constructor(
    private readonly replays: ReplaysRepository,
    private readonly deliveries: ReplayDeliveriesRepository,
    private readonly reports: ReplayReports,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async complete(replay: Replay): Promise<void> {
    await this.end(completeReplay(replay, this.clock.now()), 0);
  }

  /** Discards what is not settled of it; does nothing where it is canceled already. Throws `conflict` where it is completed. */
  async cancel(replay: Replay, reason: CancellationReason): Promise<void> {
    const now = this.clock.now();
    const canceled = cancelReplay(replay, reason, now);
    if (canceled === replay) return;
    await this.end(canceled, await this.deliveries.discard({ replay_id: replay.id, lane: laneOf(replay) }, now));
  }

  private async end(ended: Replay, discarded: number): Promise<void> {
    await this.replays.update(ended);
    afterCommit(() => this.reports.ended(ended, discarded));
  }
}
