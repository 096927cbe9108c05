import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { ReplayDeliveriesRepository } from '../delivery/replay-deliveries.repository.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { nextMove, type Replay } from './replay.js';
import { ReplayEnding } from './replay-ending.js';
import { ReplayWalk } from './replay-walk.js';
import { ReplaysRepository } from './replays.repository.js';

/**
 * Takes replays further, step by step. A step is one transaction, which makes the deliveries of the next events and moves
 * the replay's cursor past them. Two who are at it at once are in conflict there; so neither a crash nor another instance
 * makes one twice or leaves one out.
 */
@Injectable()
export class ReplayRunner {
  constructor(
    private readonly replays: ReplaysRepository,
    private readonly subscriptions: SubscriptionsService,
    private readonly deliveries: ReplayDeliveriesRepository,
    private readonly walk: ReplayWalk,
    private readonly ending: ReplayEnding,
    private readonly transactions: Transactions,
  ) {}

  /** One step of the replay of that id; answers whether it has got further. */
  async step(id: string): Promise<boolean> {
    return this.transactions.run(async () => {
      const replay = await this.replays.find(id);
      return replay?.status === 'running' && (await this.move(replay));
    });
  }

  private async move(replay: Replay): Promise<boolean> {
    const subscription = await this.subscriptions.find(replay.subscription_id);
    if (subscription === undefined) {
      await this.ending.cancel(replay, 'subscription-deleted');
      return true;
    }
    const unsettled = await this.deliveries.countUnsettled(replay.id);
    const move = nextMove(replay, { enabled: subscription.config.enabled, unsettled });
    switch (move) {
      case 'wait':
        return false;
      case 'complete':
        await this.ending.complete(replay);
        return true;
      case 'walk':
        await this.walk.walk(replay, subscription);
        return true;
      default:
        return move satisfies never;
    }
  }
}
