import { UsherError } from '#kernel';
import type { Lease, Leases } from '#persistence';

/** Where whoever follows the archive stands: the counter of the lease that elects them, so that it moves once and in one hand. */
export class ArchiveCursor {
  /** Where the holder of the lease stands, so that it need not ask. */
  private known: { token: number; position: number } | undefined;

  constructor(private readonly leases: Leases) {}

  async position(lease: Lease): Promise<number> {
    if (this.known?.token === lease.token) return this.known.position;
    return this.leases.advance(lease, 0);
  }

  /**
   * Moves past the next `events`, within the transaction that may be running. Throws `conflict` where the cursor was not
   * right before them.
   */
  async advance(lease: Lease, events: readonly { _id: number }[]): Promise<void> {
    const position = await this.leases.advance(lease, events.length);
    if (position !== events.at(-1)?._id) throw new UsherError('conflict', 'The cursor is elsewhere.');
  }

  /** To be said when the move is committed. */
  reached(lease: Lease, position: number): void {
    this.known = { token: lease.token, position };
  }
}
