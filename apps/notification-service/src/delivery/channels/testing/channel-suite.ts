import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import type { Channel, Shipment } from '../channel.js';

/** What the far end of every channel can be told to do, in its own protocol's words. */
export type Behaviour = 'accept' | 'fail' | 'ask-to-wait' | 'break-off' | 'hang' | 'gone';

/** A channel with a far end of its own. */
export interface ChannelFixture {
  channel: Channel;
  /** Where the far end is, and what it knows us by. */
  target: Pick<Shipment, 'sink' | 'secrets'>;
  /** What this channel brings, each time with an id of its own. */
  envelope(): Envelope;
  /** By what the far end knows a shipment again. */
  idOf(sent: Shipment): string;
  /** What it means that the far end wants nothing any more: the end of a subscription, or of one delivery. */
  whenGone: 'gone' | 'permanent';
  /** Its protocol has no words for how long to wait. */
  cannotAskToWait?: true;
  /** Where nobody is. */
  deserted: string;
  /** What the far end does from now on; with `ask-to-wait` it asks for seven seconds. */
  behave(behaviour: Behaviour): void;
  /** The ids of what has come there, in order, each as often as it came. */
  received(): readonly string[];
  close(): Promise<void>;
}

/** What the engine relies on, whatever the channel. Call it from a spec of each. */
export function channelSuite(name: string, start: () => Promise<ChannelFixture>): void {
  describe(`${name}, as a channel`, () => {
    let fixture: ChannelFixture;

    beforeAll(async () => {
      fixture = await start();
    });

    afterAll(async () => {
      await fixture.close();
    });

    const shipment = (overrides: Partial<Shipment> = {}): Shipment => ({
      id: newId(),
      envelope: fixture.envelope(),
      replayId: null,
      ...fixture.target,
      ...overrides,
    });

    const times = (sent: Shipment): number => fixture.received().filter((id) => id === fixture.idOf(sent)).length;

    const deliver = (sent: Shipment, signal = AbortSignal.timeout(10_000)) => fixture.channel.deliver(sent, signal);

    it('delivers what is accepted, once', async () => {
      fixture.behave('accept');
      const sent = shipment();
      expect(await deliver(sent)).toMatchObject({ kind: 'delivered' });
      expect(times(sent)).toBe(1);
    });

    it('says the same id at every attempt', async () => {
      fixture.behave('fail');
      const sent = shipment();
      expect(await deliver(sent)).toMatchObject({ kind: 'retryable', stage: 'answer' });
      fixture.behave('accept');
      expect(await deliver(sent)).toMatchObject({ kind: 'delivered' });
      expect(times(sent)).toBe(2);
    });

    it('hears for how long it is asked to wait', async () => {
      fixture.behave('ask-to-wait');
      const outcome = await deliver(shipment());
      expect(outcome).toMatchObject({ kind: 'retryable', stage: 'answer' });
      const asked = 'retryAfter' in outcome ? outcome.retryAfter : undefined;
      expect(asked).toBe(fixture.cannotAskToWait === true ? undefined : 7);
    });

    it('hears that nothing is wanted any more', async () => {
      fixture.behave('gone');
      expect(await deliver(shipment())).toMatchObject({ kind: fixture.whenGone });
    });

    it('may try again where the connection breaks', async () => {
      fixture.behave('break-off');
      expect(await deliver(shipment())).toMatchObject({ kind: 'retryable', stage: 'answer' });
    });

    it('may try again where nobody is', async () => {
      expect(await deliver(shipment({ sink: fixture.deserted }))).toMatchObject({
        kind: 'retryable',
        stage: 'connect',
      });
    });

    it('gives up when it is told to, wherever it is', async () => {
      fixture.behave('hang');
      const giveUp = new AbortController();
      const sent = shipment();
      const outcome = deliver(sent, giveUp.signal);
      const poll = setInterval(() => {
        if (times(sent) > 0) giveUp.abort();
      }, 5);
      expect(await outcome).toMatchObject({ kind: 'retryable', stage: 'timeout' });
      clearInterval(poll);
      const early = shipment();
      expect(await deliver(early, AbortSignal.abort())).toMatchObject({ kind: 'retryable', stage: 'timeout' });
      expect(times(early)).toBe(0);
    });

    it('says what went wrong in a sentence that gives nothing away', async () => {
      for (const behaviour of ['fail', 'break-off', 'gone'] as const) {
        fixture.behave(behaviour);
        const outcome = await deliver(shipment());
        const error = outcome.kind === 'delivered' ? '' : outcome.error;
        expect(error).toMatch(/^[A-Z].*\.$/);
        const { secrets, sink } = fixture.target;
        for (const secret of [...secrets, new URL(sink).host || sink]) expect(error).not.toContain(secret);
      }
    });

    it('works on many at once, and is well after failures', async () => {
      fixture.behave('accept');
      const many = Array.from({ length: 100 }, () => shipment());
      const outcomes = await Promise.all(many.map((sent) => deliver(sent)));
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['delivered']));
      for (const sent of many) expect(times(sent)).toBe(1);
    });

    it('has a schedule that ends', () => {
      const { waits, jitter } = fixture.channel.retries;
      expect(waits.length).toBeGreaterThan(0);
      expect(Math.min(...waits)).toBeGreaterThan(0);
      expect(jitter).toBeGreaterThanOrEqual(0);
      expect(jitter).toBeLessThan(1);
    });
  });
}
