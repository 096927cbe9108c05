/** How many attempts at one destination an instance has under way at most. */
export const SLOTS = 16;
/** A destination that has not finished anything for so long is slow: what is for it makes room for others. */
export const SLOW_MS = 1_000;

interface Destination {
  underWay: number;
  waiting: ((admitted: boolean) => void)[];
  timer: NodeJS.Timeout | undefined;
  slow: boolean;
}

/**
 * Bounds what one destination takes of an instance's capacity. While it gets on with things, what is for it waits its turn
 * here; once all its slots have been taken for a while without any coming free, nothing more may wait.
 */
export class Slots {
  private readonly destinations = new Map<string, Destination>();

  constructor(
    private readonly slots = SLOTS,
    private readonly slowMs = SLOW_MS,
  ) {}

  /** Runs `work` in a slot; false where there is none to be had for now, and nothing was done. */
  async run(id: string, work: () => Promise<void>): Promise<boolean> {
    if (!(await this.enter(id))) return false;
    try {
      await work();
    } finally {
      this.leave(id);
    }
    return true;
  }

  private enter(id: string): boolean | Promise<boolean> {
    const destination = this.destinations.get(id) ?? { underWay: 0, waiting: [], timer: undefined, slow: false };
    this.destinations.set(id, destination);
    if (destination.underWay < this.slots) {
      destination.underWay += 1;
      return true;
    }
    if (destination.slow) return false;
    destination.timer ??= this.watch(destination);
    return new Promise((resolve) => destination.waiting.push(resolve));
  }

  private leave(id: string): void {
    const destination = this.destinations.get(id);
    if (destination === undefined) return;
    clearTimeout(destination.timer);
    destination.timer = undefined;
    destination.slow = false;
    const next = destination.waiting.shift();
    if (next === undefined) destination.underWay -= 1;
    else next(true);
    if (destination.waiting.length > 0) destination.timer = this.watch(destination);
    if (destination.underWay === 0) this.destinations.delete(id);
  }

  private watch(destination: Destination): NodeJS.Timeout {
    return setTimeout(() => {
      destination.slow = true;
      for (const refuse of destination.waiting.splice(0)) refuse(false);
    }, this.slowMs);
  }
}
