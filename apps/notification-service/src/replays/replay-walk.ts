import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { afterCommit } from '#persistence';
import { ArchiveFeed } from '../archive/archive-feed.js';
import type { ArchivedEvent } from '../archive/archive.schema.js';
import { CLOCK } from '../config.js';
import { DeliveriesRepository, type NewDelivery } from '../delivery/deliveries.repository.js';
import { channelOf } from '../delivery/subscription-subscribers.js';
import type { Subscription } from '../subscriptions/subscription.js';
import { advance, laneOf, PAGE, type Replay, replays } from './replay.js';
import { ReplayReports } from './replay-reports.js';
import { ReplaysRepository } from './replays.repository.js';

/** Moves a replay past the next events of the archive, within the running transaction. */
@Injectable()
export class ReplayWalk {
  constructor(
    private readonly archive: ArchiveFeed,
    private readonly replays: ReplaysRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly reports: ReplayReports,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Makes a delivery of each that the subscription wants as it is now; a dry run counts them. */
  async walk(replay: Replay, subscription: Subscription): Promise<void> {
    const { position: after, to } = replay;
    const events = await this.archive.between({ after, to, types: replay.types ?? subscription.types }, PAGE);
    const matched = events.filter(({ envelope }) => replays(replay, subscription, envelope));
    const position = events.length < PAGE ? to : (events.at(-1)?._id ?? to);
    const now = this.clock.now();
    const walked = advance(replay, { position, matched: matched.map(({ type }) => type) }, now);
    await this.replays.update(walked);
    if (!replay.dry_run)
      await this.deliveries.insert(
        matched.map((event) => deliveryOf(event, replay, subscription)),
        now,
        now,
      );
    afterCommit(() => this.reports.walked(replay, walked));
  }
}

const deliveryOf = (event: ArchivedEvent, replay: Replay, { id, protocol }: Subscription): NewDelivery => ({
  channel: channelOf(protocol),
  subscription_id: id,
  event: { position: event._id, id: event.id, source: event.source, type: event.type, subject: event.subject },
  replay_id: replay.id,
  lane: laneOf(replay),
});
