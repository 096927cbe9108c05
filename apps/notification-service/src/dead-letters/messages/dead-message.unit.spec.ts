import { describe, expect, it } from '@jest/globals';
import { type Arrival, type DeadMessage, fileAgain, fileNew, HISTORY_KEPT } from './dead-message.js';

const ID = '66f000000000000000000000';
const NOW = new Date('2026-11-20T10:00:00Z');
const LATER = new Date('2026-11-20T11:00:00Z');
const BY = { id: '1', username: 'admin' };

const arrival = (given: Partial<Arrival> = {}): Arrival => ({
  fingerprint: 'f',
  kind: 'parked',
  queue: 'q',
  exchange: 'usher.events',
  routing_key: 'a.b',
  reason: 'not-json',
  detail: 'the body is not JSON',
  message_id: 'm',
  type: 'a.b',
  properties: {},
  headers: {},
  content: Buffer.from('x'),
  size: 1,
  whole: true,
  redrive: null,
  redelivered: false,
  ...given,
});

const filed = (given: Partial<DeadMessage> = {}): DeadMessage => ({ ...fileNew(arrival(), ID, NOW), ...given });

/** As it is after `redrives` redrives, of which the last is about to be published or has been. */
const redriven = (redrives: number, status: 'redriving' | 'redriven' = 'redriven'): DeadMessage => {
  const message = filed({ status, redrives, expires_at: status === 'redriven' ? LATER : null });
  return { ...message, history: [...message.history, { what: 'redriven', at: NOW, by: BY }] };
};

const from = (number: number, deadLetter = ID) => ({ redrive: { deadLetter, number } });

describe('a message that is filed', () => {
  it('is open, and its history begins', () => {
    expect(fileNew(arrival(), ID, NOW)).toMatchObject({
      id: ID,
      status: 'open',
      times: 1,
      redrives: 0,
      redriven_from: null,
      first_seen: NOW,
      dead_since: NOW,
      history: [{ what: 'filed', at: NOW, reason: 'not-json', redrive: null }],
    });
  });

  it('by a redrive of another says of which', () => {
    expect(fileNew(arrival(from(1, 'other')), ID, NOW)).toMatchObject({ redriven_from: 'other', redrives: 0 });
  });
});

describe('the same message again', () => {
  it('has no effect where the broker delivers it again', () => {
    expect(fileAgain(filed(), arrival({ redelivered: true }), LATER)).toBeUndefined();
  });

  it('is another copy where it was not delivered before', () => {
    expect(fileAgain(filed(), arrival({ reason: 'not-utf8' }), LATER)).toMatchObject({
      status: 'open',
      reason: 'not-utf8',
      times: 2,
      dead_since: LATER,
      history: [{ at: NOW }, { what: 'filed', at: LATER, reason: 'not-utf8', redrive: null }],
    });
  });

  it.each(['redriven', 'discarded'] as const)('opens what was %s, and keeps it', (status) => {
    for (const redelivered of [false, true])
      expect(fileAgain(filed({ status, expires_at: LATER }), arrival({ redelivered }), LATER)).toMatchObject({
        status: 'open',
        expires_at: null,
      });
  });

  it('keeps the latest of its history only', () => {
    let message = filed();
    for (let copies = 1; copies <= HISTORY_KEPT; copies += 1)
      message = { ...message, ...fileAgain(message, arrival({ reason: String(copies) }), LATER) };
    expect(message.history).toHaveLength(HISTORY_KEPT);
    expect(message.history.at(-1)).toMatchObject({ reason: String(HISTORY_KEPT) });
    expect(message.times).toBe(HISTORY_KEPT + 1);
  });
});

describe('a redrive that comes back', () => {
  it.each(['redriving', 'redriven'] as const)('opens what is %s, with one attempt more', (status) => {
    const again = fileAgain(redriven(1, status), arrival(from(1)), LATER);
    expect(again).toMatchObject({ status: 'open', times: 2, expires_at: null });
    expect(again?.history.map(({ what }) => what)).toEqual(['filed', 'redriven', 'filed']);
    expect(again?.history.at(-1)).toMatchObject({ redrive: 1 });
  });

  it('comes back once, however often it was published', () => {
    const once = redriven(1);
    const open = { ...once, ...fileAgain(once, arrival(from(1)), LATER) };
    for (const redelivered of [false, true])
      expect(fileAgain(open, arrival({ ...from(1), redelivered }), LATER)).toBeUndefined();
  });

  it('counts although the broker has delivered it before', () => {
    expect(fileAgain(redriven(1), arrival({ ...from(1), redelivered: true }), LATER)).toMatchObject({ times: 2 });
  });

  it('does not hold up the next one', () => {
    expect(fileAgain(redriven(2, 'redriving'), arrival(from(1)), LATER)).toMatchObject({ status: 'redriving' });
  });

  it.each([
    ['of another', from(1, 'other')],
    ['that never was', from(7)],
  ])('is any copy where it is one %s', (_, forged) => {
    const again = fileAgain(redriven(1), arrival(forged), LATER);
    expect(again?.history.at(-1)).toMatchObject({ redrive: null });
  });
});
