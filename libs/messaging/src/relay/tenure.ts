import type { Clock } from '#kernel';
import type { Lease, Leases } from '#persistence';

/** One holding of a lease, prolonged in the background until it is given up or lost. */
export class Tenure {
  private timer: NodeJS.Timeout | undefined;
  private over = false;

  constructor(
    private current: Lease,
    private readonly leases: Leases,
    private readonly clock: Clock,
    private readonly ttlMs: number,
  ) {
    this.renewLater();
  }

  get lease(): Lease {
    return this.current;
  }

  /** Whether we may still believe to have it: not told otherwise, and not past its end by our own clock. */
  get held(): boolean {
    return !this.over && this.clock.now() < this.current.expiresAt;
  }

  /** Stops prolonging it. */
  end(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  /** Three tries in the life of a lease. */
  private renewLater(): void {
    this.timer = setTimeout(() => void this.renew(), this.ttlMs / 3);
  }

  private async renew(): Promise<void> {
    try {
      const renewed = await this.leases.renew(this.current, this.ttlMs);
      if (renewed === undefined) this.over = true;
      else this.current = renewed;
    } catch {
      // A database that does not answer leaves the lease as it is: the next try, or its end, decides.
    }
    if (this.held) this.renewLater();
  }
}
