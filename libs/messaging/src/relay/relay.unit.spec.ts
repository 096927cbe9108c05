import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { systemClock, UsherError } from '#kernel';
import { createLogger, Metrics } from '#observability';
import { type Lease, LeaseLost, type Leases } from '#persistence';
import type { OutgoingMessage } from '../broker/publisher.js';
import type { RelayEntry, RelayLog } from './relay-log.js';
import { Relay, RELAY_TIMING } from './relay.js';

jest.setTimeout(60_000);

/** What goes wrong with one call: nothing, it fails without effect, or it takes effect and the answer is lost. */
type Fault = 'none' | 'refused' | 'unanswered';

/** Of one burst of publishes: how many the broker took, and how many of those it could still confirm. */
interface BurstFault {
  taken: number;
  confirmed: number;
}

const trouble = (): UsherError => new UsherError('unavailable', 'just now', { retryable: true });

/** Applies the next fault to a call; without faults left, nothing goes wrong any more. */
async function faulty<T>(faults: Fault[], call: () => T): Promise<T> {
  const fault = faults.shift() ?? 'none';
  await Promise.resolve();
  if (fault === 'refused') throw trouble();
  const result = call();
  if (fault === 'unanswered') throw trouble();
  return result;
}

class FakeLeases {
  private holder: string | undefined;
  private token = 0;

  acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    if (this.holder !== undefined) return Promise.resolve(undefined);
    this.holder = holder;
    return Promise.resolve({ name, holder, token: ++this.token, expiresAt: new Date(Date.now() + ttlMs) });
  }

  renew(lease: Lease): Promise<Lease | undefined> {
    return Promise.resolve(lease);
  }

  release(lease: Lease): Promise<void> {
    if (lease.token === this.token) this.holder = undefined;
    return Promise.resolve();
  }

  /** The holder is thought dead, and does not know. */
  depose(): void {
    this.holder = undefined;
    this.token += 1;
  }

  check(lease: Lease): void {
    if (lease.token !== this.token) throw new LeaseLost(lease.name);
  }
}

class FakeLog implements RelayLog {
  readonly name = 'fake';
  readonly positions: (number | null)[];
  private readonly published = new Set<number>();

  constructor(
    count: number,
    private readonly leases: FakeLeases,
    private readonly faults: { sequence: Fault[]; mark: Fault[] },
  ) {
    this.positions = Array.from({ length: count }, () => null);
  }

  get done(): boolean {
    return this.published.size === this.positions.length;
  }

  sequence(lease: Lease): Promise<RelayEntry[]> {
    return faulty(this.faults.sequence, () => {
      this.leases.check(lease);
      const from = this.positions.indexOf(null);
      if (from === -1) return [];
      const to = Math.min(from + 4, this.positions.length);
      for (let index = from; index < to; index += 1) this.positions[index] = index + 1;
      return this.positions.slice(from, to).map((position) => entryAt(position!));
    });
  }

  unpublished(limit: number): Promise<RelayEntry[]> {
    const waiting = this.positions.filter((position) => position !== null && !this.published.has(position));
    return Promise.resolve(waiting.slice(0, limit).map((position) => entryAt(position!)));
  }

  markPublished(entries: readonly RelayEntry[]): Promise<void> {
    return faulty(this.faults.mark, () => {
      for (const { id } of entries) this.published.add(Number(id));
    });
  }

  backlog(): Promise<number> {
    return Promise.resolve(0);
  }

  watch(): { close: () => Promise<void> } {
    return { close: () => Promise.resolve() };
  }
}

const entryAt = (position: number): RelayEntry => ({
  id: String(position),
  position,
  time: new Date(),
  message: { exchange: '', routingKey: '', content: Buffer.from(String(position)), properties: {} },
});

/** A broker that may take the front of a burst only, and confirm the front of that only. */
class FakeBus {
  readonly taken: number[] = [];
  readonly ready = true;
  private burst: BurstFault | undefined;

  constructor(private readonly faults: BurstFault[]) {}

  publish({ content }: OutgoingMessage): Promise<void> {
    if (this.burst === undefined) {
      this.burst = this.faults.shift() ?? { taken: Infinity, confirmed: Infinity };
      setImmediate(() => (this.burst = undefined));
    }
    const took = this.burst.taken-- > 0;
    const confirms = took && this.burst.confirmed-- > 0;
    if (took) this.taken.push(Number(content.toString()));
    return confirms ? Promise.resolve() : Promise.reject(trouble());
  }
}

const TIMING = { ...RELAY_TIMING, standby: 1, sweep: 1, backoff: () => 0 };

const fault = fc.constantFrom<Fault>('none', 'refused', 'unanswered');
const burst = fc.record({ taken: fc.nat(5), confirmed: fc.nat(5) });

describe('the relay', () => {
  it('publishes everything, and nothing for the first time out of order, whatever fails or is thought dead', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fault, { maxLength: 8 }),
        fc.array(fault, { maxLength: 8 }),
        fc.array(burst, { maxLength: 8 }),
        fc.array(fc.nat(6), { maxLength: 3 }),
        async (count, sequence, mark, bursts, depositions) => {
          const leases = new FakeLeases();
          const log = new FakeLog(count, leases, { sequence, mark });
          const bus = new FakeBus(bursts);
          const relays = [0, 1].map(
            () =>
              new Relay({
                log,
                leases: leases as unknown as Leases,
                publisher: bus,
                clock: systemClock,
                logger: createLogger({ service: 'test', level: 'silent' }),
                metrics,
                timing: TIMING,
              }),
          );
          for (const relay of relays) relay.start();
          for (const turns of depositions) {
            for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
            leases.depose();
          }
          while (!log.done) await new Promise((resolve) => setImmediate(resolve));
          await Promise.all(relays.map((relay) => relay.stop()));
          const expected = Array.from({ length: count }, (_, index) => index + 1);
          expect([...new Set(bus.taken)]).toEqual(expected);
          expect(log.positions).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});

const metrics = new Metrics('test');
