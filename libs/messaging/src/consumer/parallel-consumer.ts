import type { ConsumerSession } from './consumer-session.js';
import { QueueConsumer } from './queue-consumer.js';
import type { Received } from './reading.js';

/**
 * Feeds the messages of one queue, one by one and side by side, to the one method marked `@EachMessage(queue)` or
 * `@EachRawMessage(queue)`: at most `prefetch` of them are under way at once, in this instance.
 */
export class ParallelConsumer<H extends Received> extends QueueConsumer<H> {
  private readonly underWay = new Set<Promise<void>>();

  protected override work(): void {
    const { session } = this;
    if (session === undefined || this.closing) return;
    for (const held of session.take(Infinity)) {
      const handled = this.workOn(session, held).finally(() => this.underWay.delete(handled));
      this.underWay.add(handled);
    }
  }

  protected override async idle(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async workOn(session: ConsumerSession<H>, held: H): Promise<void> {
    await this.process(session, [held], { payload: () => held, accept: () => session.ackOne(held) });
  }
}
