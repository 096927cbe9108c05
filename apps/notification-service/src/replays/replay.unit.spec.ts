import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import type { Interest } from '../subscriptions/matching/interest.js';
import { newTestEvent } from '../subscriptions/matching/test-event.js';
import {
  advance,
  cancelReplay,
  completeReplay,
  newReplay,
  nextMove,
  PAGE,
  type Replay,
  replays,
  tally,
  TYPES_COUNTED,
  WINDOW,
} from './replay.js';

const START = new Date('2026-11-20T10:00:00Z');
const LATER = new Date('2026-11-20T10:00:05Z');

const aReplay = (members: Partial<Replay> = {}): Replay => ({
  ...newReplay(
    {
      id: newId(),
      subscription_id: newId(),
      owner_id: newId(),
      created_by: { id: newId(), username: 'ada' },
      from: 11,
      to: 1_000,
      types: null,
      dry_run: false,
    },
    START,
  ),
  ...members,
});

const ready = { enabled: true, unsettled: 0 };

describe('a replay', () => {
  it('begins before its first event, and has looked at nothing', () => {
    expect(aReplay()).toMatchObject({ status: 'running', position: 10, matched: 0, version: 1, ended_at: null });
  });

  it('walks while there are events, and is complete once everything is settled', () => {
    expect(nextMove(aReplay(), ready)).toBe('walk');
    expect(nextMove(aReplay({ position: 1_000 }), { enabled: true, unsettled: 1 })).toBe('wait');
    expect(nextMove(aReplay({ position: 1_000 }), ready)).toBe('complete');
  });

  it('is complete at once where there is nothing between its ends', () => {
    expect(nextMove(aReplay({ from: 11, to: 4 }), ready)).toBe('complete');
  });

  it('waits while its subscription is paused, and while a page more would be too much', () => {
    expect(nextMove(aReplay(), { enabled: false, unsettled: 0 })).toBe('wait');
    expect(nextMove(aReplay(), { enabled: true, unsettled: WINDOW - PAGE })).toBe('walk');
    expect(nextMove(aReplay(), { enabled: true, unsettled: WINDOW - PAGE + 1 })).toBe('wait');
  });

  it('does not wait for a paused subscription where it only counts', () => {
    expect(nextMove(aReplay({ dry_run: true }), { enabled: false, unsettled: 0 })).toBe('walk');
    expect(nextMove(aReplay({ dry_run: true, position: 1_000 }), { enabled: false, unsettled: 0 })).toBe('complete');
  });

  it('counts what it has looked at, by type', () => {
    const once = advance(aReplay(), { position: 210, matched: ['a', 'b', 'a'] }, LATER);
    const twice = advance(once, { position: 300, matched: ['b'] }, LATER);
    expect(twice).toMatchObject({
      position: 300,
      matched: 4,
      matched_by_type: [
        { type: 'a', count: 2 },
        { type: 'b', count: 2 },
      ],
      version: 3,
      updated_at: LATER,
    });
  });

  it('counts every event whatever the pages are, and by type as many as it keeps count of', () => {
    const pages = fc.array(fc.array(fc.nat(2 * TYPES_COUNTED).map(String)), { maxLength: 20 });
    fc.assert(
      fc.property(pages, (matched) => {
        const replay = matched.reduce(
          (state, types) => advance(state, { position: 20, matched: types }, LATER),
          aReplay(),
        );
        const all = matched.flat();
        const kept = [...new Set(all)].slice(0, TYPES_COUNTED);
        expect(replay.matched).toBe(all.length);
        expect(replay.matched_by_type).toEqual(
          kept.map((type) => ({ type, count: all.filter((other) => other === type).length })),
        );
      }),
    );
  });

  it('is canceled once, with the reason', () => {
    const canceled = cancelReplay(aReplay(), 'requested', LATER);
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'requested',
      ended_at: LATER,
      version: 2,
    });
    expect(cancelReplay(canceled, 'subscription-deleted', LATER)).toBe(canceled);
  });

  it('cannot be canceled once it is completed', () => {
    const completed = completeReplay(aReplay(), LATER);
    expect(completed).toMatchObject({ status: 'completed', ended_at: LATER });
    expect(() => cancelReplay(completed, 'requested', LATER)).toThrow(expect.objectContaining({ code: 'conflict' }));
  });

  it('has delivered what is not anything else, and nothing where it only counts', () => {
    const counts = { pending: 3, delivering: 1, dead: 2, discarded: 4 };
    expect(tally(aReplay({ matched: 30 }), counts)).toEqual({ outstanding: 4, delivered: 20, dead: 2, discarded: 4 });
    expect(tally(aReplay({ matched: 30, dry_run: true }), {})).toMatchObject({ outstanding: 0, delivered: 0 });
  });
});

describe('what a replay delivers', () => {
  const event = (type: string): Envelope => ({ specversion: '1.0', id: newId(), source: '/shop', type, data: {} });
  const everything: Interest = { audience: 'everything', types: null, source: null, filters: [] };

  it('is what the subscription wants, and of the types that were asked for', () => {
    const placed = event('com.acme.order.placed');
    expect(replays(aReplay(), everything, placed)).toBe(true);
    expect(replays(aReplay({ types: ['com.acme.order.placed'] }), everything, placed)).toBe(true);
    expect(replays(aReplay({ types: ['com.acme.order.paid'] }), everything, placed)).toBe(false);
    expect(replays(aReplay(), { ...everything, types: ['com.acme.order.paid'] }, placed)).toBe(false);
  });

  it('is nothing that its owner may not see, whatever was asked for', () => {
    const types = ['com.acme.order.placed', 'usher.booking.confirmed', 'usher.event.created'];
    const seen = types.filter((type) =>
      replays(aReplay({ types }), { ...everything, audience: 'public' }, event(type)),
    );
    expect(seen).toEqual(['usher.event.created']);
  });

  it('is no test event', () => {
    const replay = aReplay();
    expect(replays(replay, everything, newTestEvent(replay.subscription_id, newId(), START))).toBe(false);
  });
});
