import { describe, expect, it } from '@jest/globals';
import type { ArchivedEvent } from './archive.schema.js';
import { RecentEvents } from './recent-events.js';

const at = (...positions: number[]): ArchivedEvent[] =>
  positions.map((_id) => ({ _id, id: String(_id) }) as ArchivedEvent);
const positionsOf = (events: readonly ArchivedEvent[]): number[] => events.map(({ _id }) => _id);

describe('the recent events', () => {
  it('are had from a position on, so many as are asked for', () => {
    const recent = new RecentEvents();
    recent.add(at(4, 5));
    recent.add(at(6));
    expect(positionsOf(recent.after(3, 10))).toEqual([4, 5, 6]);
    expect(positionsOf(recent.after(4, 1))).toEqual([5]);
    expect(recent.at(6)?.id).toBe('6');
  });

  it('are none where the next one is not among them', () => {
    const recent = new RecentEvents();
    expect(recent.after(0, 10)).toEqual([]);
    expect(recent.at(1)).toBeUndefined();
    recent.add(at(4, 5));
    for (const position of [0, 2, 5, 9]) expect(recent.after(position, 10)).toEqual([]);
    for (const position of [3, 6]) expect(recent.at(position)).toBeUndefined();
  });

  it('never have a gap: what others have archived in between is not here', () => {
    const recent = new RecentEvents();
    recent.add(at(1, 2));
    recent.add(at(5));
    expect(recent.after(0, 10)).toEqual([]);
    expect(positionsOf(recent.after(4, 10))).toEqual([5]);
  });

  it('are so many at most, the newest', () => {
    const recent = new RecentEvents(3);
    recent.add(at(1, 2));
    recent.add(at(3, 4));
    expect(recent.after(0, 10)).toEqual([]);
    expect(positionsOf(recent.after(1, 10))).toEqual([2, 3, 4]);
  });
});
