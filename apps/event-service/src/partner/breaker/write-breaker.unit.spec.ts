import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger, Metrics } from '#observability';
import { type FailureKind, PartnerFailure } from '../partner.js';
import { WriteBreaker } from './write-breaker.js';

const logger = createLogger({ service: 'test', level: 'silent' });
let well: boolean;
let probes: AbortSignal[];
let breaker: WriteBreaker;

beforeEach(() => {
  jest.useFakeTimers();
  well = false;
  probes = [];
  const probe = async (signal: AbortSignal) => {
    probes.push(signal);
    if (!well) throw new PartnerFailure('failed');
  };
  breaker = new WriteBreaker(probe, { now: () => new Date() }, new Metrics('test'), logger);
});
afterEach(() => {
  breaker.stop();
  jest.useRealTimers();
});

const succeed = () => breaker.send(() => Promise.resolve('done'));
const fail = (kind: FailureKind = 'failed') => breaker.send(() => Promise.reject(new PartnerFailure(kind)));
const open = async () => {
  for (let failure = 0; failure < 3; failure += 1) await expect(fail()).rejects.toThrow(PartnerFailure);
};
const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1_000);
const heldBack = { code: 'partner-unavailable' };

describe('a breaker on writes', () => {
  it('opens on the third failure, and then does not even begin', async () => {
    await open();
    const write = jest.fn(() => Promise.resolve());
    await expect(breaker.send(write)).rejects.toMatchObject({ ...heldBack, retryAfter: 30 });
    expect(write).not.toHaveBeenCalled();
    expect(breaker.status).toMatchObject({ state: 'open', failures: 3, lastFailure: { failure: { kind: 'failed' } } });
  });

  it.each<FailureKind>(['refused', 'misunderstood'])('does not count what is %s', async (kind) => {
    for (let attempt = 0; attempt < 5; attempt += 1) await expect(fail(kind)).rejects.toMatchObject({ kind });
    await expect(succeed()).resolves.toBe('done');
    expect(breaker.status).toMatchObject({ state: 'closed', failures: 0, lastFailure: undefined });
  });

  it('stays open for 30 s, whatever is tried', async () => {
    await open();
    await seconds(29.5);
    await expect(succeed()).rejects.toMatchObject({ ...heldBack, retryAfter: 1 });
    expect(probes).toHaveLength(0);
  });

  it('probes by itself after 30 s and closes, and counts anew', async () => {
    await open();
    well = true;
    await seconds(31);
    expect(probes).toHaveLength(1);
    expect(breaker.status).toMatchObject({ state: 'closed', failures: 0, nextProbeAt: undefined });
    await expect(fail()).rejects.toThrow(PartnerFailure);
    await expect(fail()).rejects.toThrow(PartnerFailure);
    await expect(succeed()).resolves.toBe('done');
  });

  it('waits another 30 s after each probe that fails', async () => {
    await open();
    await seconds(31);
    expect(probes).toHaveLength(1);
    expect(breaker.status).toMatchObject({ state: 'open' });
    await seconds(28);
    expect(probes).toHaveLength(1);
    await seconds(120);
    expect(probes).toHaveLength(5);
    await expect(succeed()).rejects.toMatchObject(heldBack);
    well = true;
    await seconds(31);
    await expect(succeed()).resolves.toBe('done');
    await seconds(300);
    expect(probes).toHaveLength(6);
  });

  it('still probes after a while where the time of day was set back', async () => {
    await open();
    jest.setSystemTime(Date.now() - 60_000);
    well = true;
    await seconds(91);
    expect(breaker.status).toMatchObject({ state: 'closed' });
  });

  it('opens once for writes that fail together', async () => {
    const failing: ((error: Error) => void)[] = [];
    const writes = Array.from({ length: 10 }, () =>
      breaker.send(() => new Promise((_, reject) => failing.push(reject))),
    );
    for (const reject of failing) reject(new PartnerFailure('late'));
    await Promise.allSettled(writes);
    expect(breaker.status).toMatchObject({ state: 'open', failures: 3 });
    well = true;
    await seconds(31);
    expect(probes).toHaveLength(1);
    expect(breaker.status).toMatchObject({ state: 'closed' });
  });

  it('ends its probe when it is stopped, and begins no other', async () => {
    await open();
    await seconds(31);
    breaker.stop();
    expect(probes[0]?.aborted).toBe(true);
    await seconds(300);
    expect(probes).toHaveLength(1);
  });
});
