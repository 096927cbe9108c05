/** How many attempts at one destination an instance has under way at most. */
export const SLOTS = 32;
/** How long one waits for a slot. A destination that lets somebody wait for so long is slow: nobody else waits for it. */
export const SLOW_MS = 1_000;

interface Waiting {
  admit: (admitted: boolean) => void;
  timer: NodeJS.Timeout;
}

interface Destination {
  underWay: number;
  waiting: Waiting[];
  slow: boolean;
}

/**
 * Bounds what one destination takes of an instance's capacity. While it gets on with things, what is for it waits its turn
 * here; once all its slots have been taken for a while, nothing more may wait.
 */
export class Slots {
  private readonly destinations = new Map<string, Destination>();

  constructor(
    private readonly slots = SLOTS,
    private readonly slowMs = SLOW_MS,
  ) {}

  /** Whether there is no slot to be had, nor to be waited for. */
  refuses(id: string): boolean {
    return this.destinations.get(id)?.slow === true;
  }

  /** Runs `work` in a slot and answers what it does; undefined where there is none to be had for now, and nothing was done. */
  async run<T>(id: string, work: () => Promise<T>): Promise<T | undefined> {
    if (!(await this.enter(id))) return undefined;
    try {
      return await work();
    } finally {
      this.leave(id);
    }
  }

  private enter(id: string): boolean | Promise<boolean> {
    const destination = this.destinations.get(id) ?? { underWay: 0, waiting: [], slow: false };
    this.destinations.set(id, destination);
    if (destination.underWay < this.slots) {
      destination.underWay += 1;
      return true;
    }
    if (destination.slow) return false;
    return new Promise((admit) => {
      const waiting = { admit, timer: setTimeout(() => giveUp(destination, waiting), this.slowMs) };
      destination.waiting.push(waiting);
    });
  }

  private leave(id: string): void {
    const destination = this.destinations.get(id);
    if (destination === undefined) return;
    const next = destination.waiting.shift();
    if (next !== undefined) {
      clearTimeout(next.timer);
      return next.admit(true);
    }
    destination.underWay -= 1;
    destination.slow = false;
    if (destination.underWay === 0) this.destinations.delete(id);
  }
}

function giveUp(destination: Destination, waiting: Waiting): void {
  destination.slow = true;
  destination.waiting.splice(destination.waiting.indexOf(waiting), 1);
  waiting.admit(false);
}
