import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { trustedFilter } from '#persistence';
import { DELIVERY, type DeliveryDocument } from './deliveries.schema.js';
import { DELIVERY_STATUSES, type DeliveryStatus, type UndeliveredCounts, UNSETTLED } from './delivery.js';
import { LanesRepository } from './lanes.repository.js';

const UNDELIVERED = DELIVERY_STATUSES.filter((status) => status !== 'succeeded');

/** The deliveries of replays. */
@Injectable()
export class ReplayDeliveriesRepository {
  constructor(
    @InjectModel(DELIVERY) private readonly deliveries: Model<DeliveryDocument>,
    private readonly lanes: LanesRepository,
  ) {}

  async countUnsettled(replayId: string): Promise<number> {
    return this.deliveries.countDocuments(trustedFilter({ replay_id: replayId, status: { $in: UNSETTLED } }));
  }

  /** By the replay's id; without an entry where all were delivered. */
  async countByStatus(replayIds: readonly string[]): Promise<Map<string, UndeliveredCounts>> {
    const groups = await this.deliveries.aggregate<{ _id: { replay: string; status: DeliveryStatus }; count: number }>([
      { $match: { replay_id: { $in: replayIds }, status: { $in: UNDELIVERED } } },
      { $group: { _id: { replay: '$replay_id', status: '$status' }, count: { $sum: 1 } } },
    ]);
    const counts = new Map<string, UndeliveredCounts>();
    for (const { _id, count } of groups) counts.set(_id.replay, { ...counts.get(_id.replay), [_id.status]: count });
    return counts;
  }

  /**
   * Gives up what is not settled and ends the lane, within the running transaction; answers how many that were. What comes
   * of an attempt that is under way is not written any more.
   */
  async discard({ replay_id, lane }: { replay_id: string; lane: string }, now: Date): Promise<number> {
    const { matchedCount } = await this.deliveries.updateMany(
      trustedFilter({ replay_id, status: { $in: UNSETTLED } }),
      { $set: { status: 'discarded', claim: null, claimable_at: null, enqueue_at: null, settled_at: now } },
    );
    await this.lanes.end(lane);
    return matchedCount;
  }
}
