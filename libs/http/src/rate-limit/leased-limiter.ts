import type { WindowState } from './rate-windows.repository.js';

/** Part of a limit that an instance takes from the shared counter at a time. */
const CHUNK = 0.05;
/** Part of a limit that an instance lets through before it asks at all: most callers never need more in a window. */
const CREDIT = 0.01;
/** After a failure nothing is asked of the shared counter for so long, and everybody is let through. */
const COOL_DOWN_MS = 2_000;

/** One caller's window as this instance knows it. */
interface Window {
  /** On credit or leased, and not yet used. */
  leased: number;
  /** Let through on credit; the first lease pays it back. */
  owed: number;
  /** Left in the shared counter when it was last seen. */
  unleased: number;
  endsAt: number;
  lease: Promise<void> | undefined;
}

export interface Verdict {
  allowed: boolean;
  remaining: number;
  msLeft: number;
}

type TakeFromShared = (key: string, amount: number, windowMs: number) => Promise<WindowState>;

/**
 * A limit shared by all instances at the price of one write per chunk instead of one per request: an instance leases a
 * part of the window's budget and spends it locally. The first hundredth of the limit is on credit, so that who calls
 * now and then costs no write. Lets through no more than the limit and one hundredth of it per further instance; what
 * other instances have leased and not spent may be missing. Fails open: without the shared counter nobody is limited.
 */
export class LeasedLimiter {
  private readonly windows = new Map<string, Window>();
  private sweepAt = 0;
  private failedUntil = 0;

  /** `now` is monotonic, in milliseconds. `onFailure` hears of a shared counter that does not answer, once per cool-down. */
  constructor(
    private readonly shared: TakeFromShared,
    private readonly onFailure: (error: unknown) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes one request of `key` out of `limit` per `windowMs`. */
  async take(key: string, limit: number, windowMs: number): Promise<Verdict> {
    this.sweep(windowMs);
    for (;;) {
      const now = this.now();
      if (now < this.failedUntil) return { allowed: true, remaining: limit, msLeft: windowMs };
      const window = this.windowOf(key, now, limit, windowMs);
      if (window.leased > 0) {
        window.leased -= 1;
        return { allowed: true, remaining: window.leased + window.unleased, msLeft: window.endsAt - now };
      }
      if (window.unleased === 0) return { allowed: false, remaining: 0, msLeft: window.endsAt - now };
      window.lease ??= this.lease(key, window, limit, windowMs);
      await window.lease;
    }
  }

  private windowOf(key: string, now: number, limit: number, windowMs: number): Window {
    const known = this.windows.get(key);
    if (known !== undefined && (known.lease !== undefined || now < known.endsAt)) return known;
    const credit = Math.floor(limit * CREDIT);
    const fresh: Window = {
      leased: credit,
      owed: credit,
      unleased: limit - credit,
      endsAt: now + windowMs,
      lease: undefined,
    };
    this.windows.set(key, fresh);
    return fresh;
  }

  private async lease(key: string, window: Window, limit: number, windowMs: number): Promise<void> {
    const chunk = Math.max(1, Math.floor(limit * CHUNK));
    try {
      const { count, msLeft } = await this.shared(key, chunk + window.owed, windowMs);
      window.owed = 0;
      window.leased = Math.min(chunk, Math.max(0, limit - (count - chunk)));
      window.unleased = Math.max(0, limit - count);
      window.endsAt = Math.min(window.endsAt, this.now() + msLeft);
    } catch (error) {
      this.failedUntil = this.now() + COOL_DOWN_MS;
      this.onFailure(error);
    } finally {
      window.lease = undefined;
    }
  }

  /** Forgets ended windows, now and then. */
  private sweep(windowMs: number): void {
    const now = this.now();
    if (now < this.sweepAt) return;
    this.sweepAt = now + windowMs;
    for (const [key, window] of this.windows)
      if (window.lease === undefined && window.endsAt <= now) this.windows.delete(key);
  }
}
