import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { systemClock } from '#kernel';
import { ElectedWork } from '#messaging';
import { LOGGER, type Logger } from '#observability';
import { Leases } from '#persistence';
import { ReplayRunner } from './replay-runner.js';
import { ReplaysRepository } from './replays.repository.js';

const NAME = 'replays';
const FIRST = '';

/** Has the running replays take their steps in turn, in one instance; each comes round within a second if it has to wait. */
@Injectable()
export class ReplayWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: ElectedWork;
  /** Whose turn it was last. One whose step fails is left behind like any other, until its turn comes again. */
  private last = FIRST;
  /** Whether any replay has got further since the round began. */
  private moved = false;

  constructor(
    private readonly replays: ReplaysRepository,
    private readonly runner: ReplayRunner,
    leases: Leases,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.work = new ElectedWork({
      name: NAME,
      leases,
      // The clock by which leases are given.
      clock: systemClock,
      logger,
      step: () => this.step(),
      watch: (wake) => replays.watch(wake, logger),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  /** The next replay's turn; rests after a round in which all of them waited. */
  private async step(): Promise<boolean> {
    const id = await this.replays.runningAfter(this.last);
    if (id === undefined) return this.beginRound();
    this.last = id;
    if (await this.runner.step(id)) this.moved = true;
    return true;
  }

  private beginRound(): boolean {
    const { moved } = this;
    this.last = FIRST;
    this.moved = false;
    return moved;
  }
}
