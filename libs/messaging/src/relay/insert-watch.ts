import type { Model } from 'mongoose';
import type { Logger } from '#observability';
import { backoffMs } from '../broker/backoff.js';

/**
 * Calls back with its id whenever a document is inserted, by whichever instance, through a change stream. The stream is opened again
 * after every failure; what was inserted in between is covered by calling back, without one, at each opening, so that no resume token
 * has to be kept.
 */
export class InsertWatch {
  private stream: ReturnType<Model<unknown>['watch']> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    private readonly model: Pick<Model<unknown>, 'watch'>,
    private readonly onInsert: (id?: unknown) => void,
    private readonly logger: Logger,
  ) {
    this.open();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.stream?.close().catch(() => undefined);
  }

  private open(): void {
    const stream = this.model.watch([{ $match: { operationType: 'insert' } }, { $project: { documentKey: 1 } }]);
    this.stream = stream;
    stream.on('change', ({ documentKey }: { documentKey?: { _id: unknown } }) => {
      this.failures = 0;
      this.onInsert(documentKey?._id);
    });
    // The first token means that the stream stands: an insert from here on is reported, one before is found by looking.
    stream.once('resumeTokenChanged', () => this.onInsert());
    stream.on('error', (error: unknown) => this.reopen(stream, error));
    stream.on('close', () => this.reopen(stream, undefined));
  }

  private reopen(stream: InsertWatch['stream'], error: unknown): void {
    if (this.closed || this.stream !== stream) return;
    this.stream = undefined;
    this.failures += 1;
    this.logger.warn({ err: error }, 'watch.interrupted');
    void stream?.close().catch(() => undefined);
    this.timer = setTimeout(() => this.open(), backoffMs(this.failures));
  }
}
