import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Logger } from '#observability';
import { backoffMs } from './backoff.js';
import { within } from './deadline.js';

const CLOSE_MS = 1_000;
/** A channel that lived this long was well; the next loss starts the backoff anew. */
const SETTLED_MS = 10_000;

export interface ChannelSpec {
  /** For the log. */
  name: string;
  /** Declares, consumes …: runs on every new channel, which counts as open once this resolves. */
  setup: (channel: ConfirmChannel) => Promise<void>;
  onOpen?: () => void;
}

/**
 * A confirm channel that is opened again whenever it is lost: with its connection, by an error of its own, or because
 * its user closed it. amqp-connection-manager's ChannelWrapper does only the first of these, and keeps publishes for
 * later, which would reorder and repeat them; here what cannot be sent now is refused now.
 */
export class SupervisedChannel {
  private current: ConfirmChannel | undefined;
  private openedAt = 0;
  private attempt = 0;
  /** Counts the channels begun, so that one that is overtaken while it opens is dropped. */
  private generation = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly onConnect = (): void => void this.open();

  constructor(
    private readonly connection: AmqpConnectionManager,
    private readonly spec: ChannelSpec,
    private readonly logger: Logger,
  ) {
    connection.on('connect', this.onConnect);
    if (connection.isConnected()) void this.open();
  }

  /** The channel, set up; undefined while there is none. */
  get channel(): ConfirmChannel | undefined {
    return this.current;
  }

  /** Closes for good, within a second. */
  async close(): Promise<void> {
    this.closed = true;
    this.generation += 1;
    clearTimeout(this.timer);
    this.connection.removeListener('connect', this.onConnect);
    const channel = this.current;
    this.current = undefined;
    if (channel !== undefined) await discard(channel);
  }

  private async open(): Promise<void> {
    clearTimeout(this.timer);
    const generation = ++this.generation;
    const { connection } = this.connection;
    if (connection === undefined || this.closed) return;
    let channel: ConfirmChannel | undefined;
    try {
      channel = await this.begin(connection);
    } catch (error) {
      this.complain(error);
    }
    if (generation !== this.generation) return void (channel && discard(channel));
    if (channel === undefined) return this.reopenLater();
    this.current = channel;
    this.openedAt = Date.now();
    this.spec.onOpen?.();
  }

  /** Throws where the channel did not live to the end of its setup. */
  private async begin(connection: ChannelModel): Promise<ConfirmChannel> {
    const channel = await connection.createConfirmChannel();
    const life = { over: false };
    channel.on('error', (error: Error) => this.complain(error));
    channel.once('close', () => {
      life.over = true;
      this.lost(channel);
    });
    try {
      await this.spec.setup(channel);
      // Its last reply and its end can arrive in one read, so that nothing above has thrown.
      if (life.over) throw new Error('closed during setup');
      return channel;
    } catch (error) {
      void discard(channel);
      throw error;
    }
  }

  private lost(channel: ConfirmChannel): void {
    if (this.current !== channel) return;
    this.current = undefined;
    if (Date.now() - this.openedAt > SETTLED_MS) this.attempt = 0;
    this.reopenLater();
  }

  /** Finds no connection where the channel went with it; the next connection opens it then. */
  private reopenLater(): void {
    if (this.closed) return;
    this.attempt += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.open(), backoffMs(this.attempt));
  }

  private complain(error: unknown): void {
    this.logger.warn({ channel: this.spec.name, err: error }, 'channel.failed');
  }
}

/** Closes a channel; one that is gone already, or that a hung broker does not let go of, is as good as closed. */
export async function discard(channel: ConfirmChannel): Promise<void> {
  await within(CLOSE_MS, channel.close()).catch(() => undefined);
}
