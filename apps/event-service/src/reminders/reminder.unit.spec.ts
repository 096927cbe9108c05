import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dueAt, dueReminder, minutesIn, type Span, startsDue, streamOf } from './reminder.js';

const at = (time: string): Date => new Date(`2026-11-20T${time}:00.000Z`);
const span = (from: string, until: string): Span => ({ from: at(from), until: at(until) });
const longAgo = new Date(0);
const event = { start_time: at('18:00'), created_at: longAgo };

describe('which reminder of an event is due', () => {
  it.each([
    ['the one whose moment was in the span', [60, 15], span('16:59', '17:01'), 60],
    ['its first moment counts', [60], span('17:00', '17:01'), 60],
    ['its last does not', [60], span('16:59', '17:00'), undefined],
    ['none whose moment is yet to come', [60, 15], span('16:00', '16:30'), undefined],
    ['none whose moment was in an earlier span', [60], span('17:30', '17:31'), undefined],
    ['of several that were missed, the nearest', [60, 15, 30], span('16:00', '17:50'), 15],
    ['a missed one, where the nearest is yet to come', [60, 15], span('16:00', '17:44'), 60],
    ['none of an event that has begun', [60, 15], span('16:00', '18:01'), undefined],
    ['none where nobody wants any', [], span('00:00', '18:00'), undefined],
  ])('%s', (_, minutesBefore, within, expected) => {
    expect(dueReminder(event, minutesBefore, within)).toBe(expected);
  });

  it('none whose moment had passed when the event was created', () => {
    const late = { start_time: at('18:00'), created_at: at('17:30') };
    expect(dueReminder(late, [60], span('16:00', '17:31'))).toBeUndefined();
    expect(dueReminder(late, [60, 15], span('16:00', '17:50'))).toBe(15);
    expect(dueReminder({ ...late, created_at: at('17:00') }, [60], span('17:00', '17:01'))).toBeUndefined();
  });
});

const ORIGIN = at('00:00').getTime();
const moment = fc.integer({ min: 0, max: 3 * 1_440 }).map((minute) => new Date(ORIGIN + minute * 60_000));
const offsets = fc.uniqueArray(fc.integer({ min: 1, max: 1_440 }), { maxLength: 5 });
/** Runs at ascending moments: each takes up where the one before it ended. */
const spans = fc
  .uniqueArray(moment, { minLength: 2, maxLength: 40, selector: Number })
  .map((ends) => ends.sort((a, b) => a.getTime() - b.getTime()))
  .map((ends) => ends.slice(1).map((until, index) => ({ from: ends[index]!, until })));

describe('over any course of runs', () => {
  it('each reminder is sent once at most, after its moment, before the start, and the nearest of a run', () => {
    fc.assert(
      fc.property(moment, moment, offsets, spans, (start_time, created_at, minutesBefore, runs) => {
        const sent = runs.flatMap((run) => {
          const minutes = dueReminder({ start_time, created_at }, minutesBefore, run);
          return minutes === undefined ? [] : [{ minutes, run }];
        });
        expect(new Set(sent.map(({ minutes }) => minutes)).size).toBe(sent.length);
        for (const { minutes, run } of sent) {
          const due = dueAt({ start_time }, minutes);
          expect(due >= run.from && due < run.until && run.until <= start_time && due > created_at).toBe(true);
        }
        expect(sent.map(({ minutes }) => minutes)).toEqual(sent.map(({ minutes }) => minutes).sort((a, b) => b - a));
      }),
    );
  });

  it('none is left out that came alone, while the event had not begun', () => {
    fc.assert(
      fc.property(moment, offsets, spans, (start_time, minutesBefore, runs) => {
        for (const run of runs) {
          const inIt = minutesBefore.filter((minutes) => {
            const due = dueAt({ start_time }, minutes);
            return due >= run.from && due < run.until;
          });
          if (inIt.length !== 1 || start_time < run.until) continue;
          expect(dueReminder({ start_time, created_at: longAgo }, minutesBefore, run)).toBe(inIt[0]);
        }
      }),
    );
  });

  it('whatever is due is among the starts that are looked at, all of them to come', () => {
    fc.assert(
      fc.property(moment, offsets, spans, (start_time, minutesBefore, runs) => {
        for (const run of runs) {
          const minutes = dueReminder({ start_time, created_at: longAgo }, minutesBefore, run);
          if (minutes === undefined) continue;
          const { from, until } = startsDue(minutes, run);
          expect(start_time >= from && start_time < until).toBe(true);
          expect(from >= run.until).toBe(true);
        }
      }),
    );
  });
});

it('reads minutes, hours and days', () => {
  expect(['90m', '24h', '7d'].map(minutesIn)).toEqual([90, 1_440, 10_080]);
});

it('takes a moved start for another reminder', () => {
  const one = { id: '66ef00000000000000000001', start_time: at('18:00') };
  expect(streamOf(one, 60)).toBe(`reminder/66ef00000000000000000001/${at('18:00').getTime()}/60`);
  expect(streamOf({ ...one, start_time: at('18:01') }, 60)).not.toBe(streamOf(one, 60));
});
