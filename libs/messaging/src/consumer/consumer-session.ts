import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../broker/backoff.js';
import type { ParkedBecause } from './parking.js';
import type { Reading, Received } from './reading.js';

interface SessionPorts<H extends Received> {
  read: Reading<H>['read'];
  /** Calls when there is something to take. */
  onPending: () => void;
  /** Publishes the message to where the parked ones are; throws a retryable error while that does not work. */
  park: (message: ConsumeMessage, because: ParkedBecause) => Promise<void>;
  now: () => Date;
}

/**
 * What one channel has delivered and not yet seen acknowledged. Ends with the channel: everything still held is then the
 * broker's again, and acknowledging it here has no effect.
 */
export class ConsumerSession<H extends Received> {
  private readonly pending: H[] = [];
  private readonly ending = new AbortController();
  private readonly hurrying = new AbortController();
  /** Bad messages on their way to where the parked ones are. */
  private readonly parking = new Set<Promise<void>>();

  constructor(
    private readonly channel: ConfirmChannel,
    private readonly ports: SessionPorts<H>,
  ) {}

  get ended(): boolean {
    return this.ending.signal.aborted;
  }

  get hasPending(): boolean {
    return this.pending.length > 0;
  }

  receive(message: ConsumeMessage): void {
    const read = this.ports.read(message, this.ports.now());
    if (!read.ok) return this.park(message, read);
    this.pending.push(read.held);
    this.ports.onPending();
  }

  /** Up to `max` of the oldest, in order. */
  take(max: number): H[] {
    return this.pending.splice(0, max);
  }

  /** Acknowledges `batch`, the oldest that are held. */
  ack(batch: readonly H[]): void {
    // One acknowledgement covers all before it, hence also what is still being parked and must not be let go of.
    const last = batch.at(-1);
    if (this.parking.size === 0 && last !== undefined) this.tell(() => this.channel.ack(last.message, true));
    else for (const held of batch) this.ackOne(held);
  }

  /** Acknowledges one message, whatever else is held. */
  ackOne({ message }: H): void {
    this.tell(() => this.channel.ack(message));
  }

  /** Parks a message and acknowledges it once it is safe there; until then it stays unacknowledged, however long. */
  park(message: ConsumeMessage, because: ParkedBecause): void {
    const parked = this.parkUntilDone(message, because).finally(() => this.parking.delete(parked));
    this.parking.add(parked);
  }

  /** Waits before another attempt after `attempt` failures; answers false where there is to be none. */
  async pause(attempt: number): Promise<boolean> {
    const signal = AbortSignal.any([this.ending.signal, this.hurrying.signal]);
    await delay(backoffMs(attempt), undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }

  /** What fails from now on is left to whoever gets it next. */
  stopWaiting(): void {
    this.hurrying.abort();
  }

  /** Resolves when nothing is on its way to where the parked ones are. */
  async settled(): Promise<void> {
    await Promise.all(this.parking);
  }

  end(): void {
    this.ending.abort();
    this.pending.length = 0;
  }

  private async parkUntilDone(message: ConsumeMessage, because: ParkedBecause): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.ports.park(message, because);
        return this.tell(() => this.channel.ack(message));
      } catch {
        if (!(await this.pause(attempt))) return;
      }
    }
  }

  /** amqplib throws on a channel that has gone; the message is the broker's again then, which is all there is to it. */
  private tell(acknowledge: () => void): void {
    if (this.ended) return;
    try {
      acknowledge();
    } catch {
      this.end();
    }
  }
}
