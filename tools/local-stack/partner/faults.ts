import type { FastifyReply } from 'fastify';

type Fault = (reply: FastifyReply) => void;

/** What the stand-in does on demand instead of answering. */
const FAULTS = {
  /** 500. */
  error: (reply) => void reply.status(500).send({ success: false, error: 'Internal error' }),
  /** 503, to be asked again in 10 s. */
  busy: (reply) =>
    void reply
      .status(503)
      .header('retry-after', '10')
      .send({ success: false, error: 'Service temporarily unavailable' }),
  /** 200, with a page. */
  nonsense: (reply) => void reply.type('text/html').send('<h1>We will be right back</h1>'),
  /** Nothing, for ever. */
  hang: (reply) => void reply.hijack(),
  /** The connection is reset. */
  reset: (reply) => {
    reply.hijack();
    reply.raw.socket?.resetAndDestroy();
  },
} as const satisfies Record<string, Fault>;

type FaultName = keyof typeof FAULTS | 'none';
export const FAULT_NAMES: readonly FaultName[] = ['none', ...(Object.keys(FAULTS) as (keyof typeof FAULTS)[])];
export type Kind = 'reads' | 'writes';

/** Which fault is on for reads and for writes, and how many of each have come in. */
export class Faults {
  private readonly on: Record<Kind, FaultName> = { reads: 'none', writes: 'none' };
  private readonly received: Record<Kind, number> = { reads: 0, writes: 0 };

  get state(): object {
    return { ...this.on, received: this.received };
  }

  /** `{ writes: 'busy' }`; what is left out stays. Says what is wrong, where something is. */
  set(wanted: Record<string, string>): string | undefined {
    for (const [kind, fault] of Object.entries(wanted)) {
      if (kind !== 'reads' && kind !== 'writes') return `There are reads and writes, and no ${kind}.`;
      const known = FAULT_NAMES.find((name) => name === fault);
      if (known === undefined) return `${kind}: one of ${FAULT_NAMES.join(', ')}.`;
      this.on[kind] = known;
    }
    return undefined;
  }

  /** Counts a request and does to it what is on; says whether that was anything. */
  strike(kind: Kind, reply: FastifyReply): boolean {
    this.received[kind] += 1;
    const fault = this.on[kind];
    if (fault === 'none') return false;
    FAULTS[fault](reply);
    return true;
  }
}
