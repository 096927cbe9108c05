import { UsherError } from '#kernel';

const MAX_MESSAGES_PER_WINDOW = 200;
const WINDOW_MS = 10_000;

/** Counts one connection's messages: at most 200 in any 10 s window. */
export class MessageLimit {
  private windowStart = 0;
  private count = 0;

  /** Throws `rate-limited` for a message too many; `now` in milliseconds. */
  take(now: number): void {
    if (now - this.windowStart >= WINDOW_MS) {
      this.windowStart = now;
      this.count = 0;
    }
    this.count += 1;
    if (this.count > MAX_MESSAGES_PER_WINDOW)
      throw new UsherError('rate-limited', `At most ${MAX_MESSAGES_PER_WINDOW} messages in ${WINDOW_MS / 1000} s.`, {
        retryable: true,
        retryAfter: Math.ceil((this.windowStart + WINDOW_MS - now) / 1000),
      });
  }
}
