/** Lets one waiter sleep until somebody rings; a ring while nobody waits is kept for the next. */
export class Latch {
  private pending = false;
  private answer: (() => void) | undefined;

  ring(): void {
    this.pending = true;
    this.answer?.();
  }

  /** Resolves at the next ring, at once where one is pending, and after `ms` milliseconds at the latest. */
  async rung(ms: number): Promise<void> {
    if (!this.pending) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.answer = resolve;
        timer = setTimeout(resolve, ms);
      });
      clearTimeout(timer);
    }
    this.pending = false;
    this.answer = undefined;
  }
}
