import type { ConsumerSession } from './consumer-session.js';
import { QueueConsumer, type QueueConsumerOptions } from './queue-consumer.js';
import { type Delivery, ENVELOPES, type Received } from './reading.js';

type Held = Delivery & Received;

const BATCH = 256;
/**
 * The same in every instance and every version: a quorum queue puts returned messages behind others that were returned
 * earlier, so order survives a failover only where the next consumer takes all of them at once.
 */
const PREFETCH = 512;

/**
 * Feeds the messages of one queue, in order and in batches, to the one method marked `@OrderedBatches(queue)`. A batch is
 * whatever arrived while the one before was handled, at most 256: no message waits for another to come.
 */
export class OrderedConsumer extends QueueConsumer<Held> {
  private working: Promise<void> | undefined;

  constructor(settings: QueueConsumerOptions) {
    super(settings, ENVELOPES, PREFETCH);
  }

  /** One batch at a time, also across a lost channel: a second run beside an unfinished one would break the order. */
  protected override work(): void {
    this.working ??= this.workOff().finally(() => {
      this.working = undefined;
      if (this.session?.hasPending === true && !this.closing) this.work();
    });
  }

  protected override async idle(): Promise<void> {
    await this.working;
  }

  private async workOff(): Promise<void> {
    for (let session = this.session; session?.hasPending === true && !this.closing; session = this.session)
      await this.workOn(session);
  }

  private async workOn(session: ConsumerSession<Held>): Promise<void> {
    await this.process(session, session.take(BATCH), {
      payload: (part) => part,
      accept: (part) => session.ack(part),
    });
  }
}
