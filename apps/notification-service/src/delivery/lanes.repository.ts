import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { LANE, type LaneDocument } from './deliveries.schema.js';

/**
 * Which lanes have something in them that is not settled. Entering and ending a lane write the same document, so that one
 * of two who do so at once starts again: nobody waits behind a delivery that has left meanwhile.
 */
@Injectable()
export class LanesRepository {
  constructor(@InjectModel(LANE) private readonly lanes: Model<LaneDocument>) {}

  /** Answers which of `deliveries`, in their order, need not wait; within the running transaction. */
  async enter<D extends { lane: string | null }>(deliveries: readonly D[]): Promise<Set<D>> {
    const mayGo = new Set<D>();
    const entered = new Set<string>();
    for (const delivery of deliveries) {
      const { lane } = delivery;
      if (lane !== null && entered.has(lane)) continue;
      if (lane === null || (await this.wasFree(lane))) mayGo.add(delivery);
      if (lane !== null) entered.add(lane);
    }
    return mayGo;
  }

  async end(lane: string): Promise<void> {
    await this.lanes.deleteOne({ _id: lane });
  }

  private async wasFree(lane: string): Promise<boolean> {
    const before = await this.lanes.findOneAndUpdate({ _id: lane }, { $inc: { entered: 1 } }, { upsert: true }).lean();
    return before === null;
  }
}
