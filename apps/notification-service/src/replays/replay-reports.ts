import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger, Metrics } from '#observability';
import type { Replay } from './replay.js';

/** What operators learn of replays: a line at the beginning and at the end of each, and how far they get. */
@Injectable()
export class ReplayReports {
  constructor(
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  started(replay: Replay): void {
    this.logger.info(described(replay), 'replay.started');
  }

  walked(before: Replay, after: Replay): void {
    const matched = after.matched - before.matched;
    this.metrics.count('usher_replay_events_total', { outcome: 'matched' }, matched);
    this.metrics.count(
      'usher_replay_events_total',
      { outcome: 'passed_over' },
      after.position - before.position - matched,
    );
  }

  /** `discarded` is how many deliveries it had under way. */
  ended(replay: Replay, discarded = 0): void {
    const { status, ended_at, created_at } = replay;
    const duration_ms = (ended_at ?? created_at).getTime() - created_at.getTime();
    this.metrics.count('usher_replays_ended_total', { outcome: status });
    this.logger.info({ ...described(replay), discarded, duration_ms }, `replay.${status}`);
  }
}

const described = ({ id, version: _v, matched_by_type: _m, created_at: _c, updated_at: _u, ...replay }: Replay) => ({
  replay_id: id,
  ...replay,
});
