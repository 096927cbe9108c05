import type { FastifyReply } from 'fastify';

type Fault = (reply: FastifyReply) => void;

const answering =
  (status: number, headers: Record<string, string> = {}): Fault =>
  (reply) =>
    void reply
      .status(status)
      .headers(headers)
      .send({ error: `As you wished: ${status}` });

/** What the stand-in does on demand instead of taking an event. */
const FAULTS = {
  error: answering(500),
  busy: answering(503),
  /** 429, to be asked again in 2 s. */
  limit: answering(429, { 'retry-after': '2' }),
  refuse: answering(422),
  /** Nothing, for ever. */
  hang: (reply) => void reply.hijack(),
  /** The connection is reset. */
  reset: (reply) => {
    reply.hijack();
    reply.raw.socket?.resetAndDestroy();
  },
} as const satisfies Record<string, Fault>;

type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = ['none', ...(Object.keys(FAULTS) as FaultName[])] as const;

/** Which fault is on, and for how many requests more. */
export class Faults {
  private fault: (typeof FAULT_NAMES)[number] = 'none';
  private left = Infinity;

  get state(): object {
    return { fault: this.fault, times: Number.isFinite(this.left) ? this.left : 'until it is changed' };
  }

  /** Says what is wrong, where something is. */
  set(wanted: string | undefined, times: string | undefined): string | undefined {
    const known = FAULT_NAMES.find((name) => name === wanted);
    if (known === undefined) return `fault: one of ${FAULT_NAMES.join(', ')}.`;
    const left = times === undefined ? Infinity : Number(times);
    if (!(left >= 1)) return 'times: a number from 1 on, or none at all.';
    this.fault = known;
    this.left = left;
    return undefined;
  }

  /** Does to a request what is on; answers what that was. */
  strike(reply: FastifyReply): FaultName | undefined {
    const { fault } = this;
    if (fault === 'none') return undefined;
    this.left -= 1;
    if (this.left < 1) this.fault = 'none';
    FAULTS[fault](reply);
    return fault;
  }
}
