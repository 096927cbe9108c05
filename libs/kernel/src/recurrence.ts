/**
 * Work that is done over and over, `intervalMs` after it has ended the last time, and never twice at once. What it throws
 * goes to `onError`, and it is done again all the same.
 */
export class Recurrence {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> = Promise.resolve();
  private ended = false;

  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Whether it is to end: work in several steps looks here between them. */
  get stopped(): boolean {
    return this.ended;
  }

  /** The next time is `intervalMs` from now. */
  start(intervalMs: number): void {
    clearTimeout(this.timer);
    if (this.ended) return;
    this.timer = setTimeout(() => {
      this.running = this.once().finally(() => this.start(intervalMs));
    }, intervalMs);
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async once(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.onError(error);
    }
  }
}
