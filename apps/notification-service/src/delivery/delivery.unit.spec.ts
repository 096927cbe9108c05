import { describe, expect, it } from '@jest/globals';
import { WEBHOOK_RETRIES } from './attempts/retry-policy.js';
import type { Outcome } from './channels/channel.js';
import { judge, laneOf } from './delivery.js';

const STARTED = new Date('2026-11-20T10:00:00.000Z');
const FINISHED = new Date('2026-11-20T10:00:00.120Z');

const judged = (outcome: Outcome, tries = 1, maxTries = 10) =>
  judge(WEBHOOK_RETRIES, { outcome, startedAt: STARTED, finishedAt: FINISHED, tries, maxTries }, 0.5);

const refused: Outcome = { kind: 'retryable', stage: 'answer', status: 500, error: 'It answered 500.' };

describe('what becomes of a delivery', () => {
  it('that arrived: it has succeeded', () => {
    expect(judged({ kind: 'delivered', status: 204 })).toEqual({
      status: 'succeeded',
      attempt: { at: STARTED, duration_ms: 120, status: 204, stage: null, error: null, next: null },
      disables: false,
    });
  });

  it('that failed in passing: it is tried again as the policy says', () => {
    expect(judged(refused)).toEqual({
      status: 'pending',
      attempt: {
        at: STARTED,
        duration_ms: 120,
        status: 500,
        stage: 'answer',
        error: 'It answered 500.',
        next: new Date('2026-11-20T10:00:05.120Z'),
      },
      disables: false,
    });
  });

  it('that failed for the last time: it is a dead letter', () => {
    for (const verdict of [judged(refused, 10), judged(refused, 3, 3)])
      expect(verdict).toMatchObject({ status: 'dead', attempt: { next: null } });
  });

  it('that cannot work: it is a dead letter at once', () => {
    expect(judged({ kind: 'permanent', stage: 'address', error: 'It is private.' })).toMatchObject({
      status: 'dead',
      attempt: { status: null, stage: 'address', next: null },
      disables: false,
    });
  });

  it('that there is nobody for any more: it is let go of, and nobody has to look at it', () => {
    const outcome: Outcome = {
      kind: 'needless',
      stage: 'prepare',
      error: 'Nobody is there.',
      template: 'a/b/c/000001',
    };
    expect(judged(outcome)).toMatchObject({ status: 'discarded', template: 'a/b/c/000001', disables: false });
  });

  it('that nobody wants: it is a dead letter, and the subscription is disabled', () => {
    expect(judged({ kind: 'gone', stage: 'answer', status: 410, error: 'Gone.' })).toMatchObject({
      status: 'dead',
      disables: true,
    });
  });
});

describe('the lane of a delivery', () => {
  it('is its subscription and subject, where that asks for an order', () => {
    expect(laneOf({ id: 's', ordering: 'subject' }, 'orders/1')).toBe('s:orders/1');
    expect(laneOf({ id: 's', ordering: 'subject' }, null)).toBeNull();
    expect(laneOf({ id: 's', ordering: 'none' }, 'orders/1')).toBeNull();
  });
});
