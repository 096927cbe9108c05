import { describe, expect, it } from '@jest/globals';
import { UsherError } from '#kernel';
import {
  cancelEvent,
  completeEvent,
  createEvent,
  type Decision,
  deleteEvent,
  type EventDetails,
  type EventState,
  updateEvent,
} from './event.js';

const at = (time: string): Date => new Date(`2026-11-20T${time}:00.000Z`);
const ada = { id: 'a'.repeat(24), username: 'ada' };

const details: EventDetails = {
  title: 'Jazz night',
  description: 'Two sets.',
  location: 'Berlin',
  country: 'DE',
  timezone: 'Europe/Berlin',
  start_time: at('18:00'),
  end_time: at('20:00'),
  tags: ['jazz'],
  max_attendees: 100,
  status: 'scheduled',
  attachment_url: null,
  coordinates: null,
};

/** An event that was created at ten and is what the members given say. */
const given = (members: Partial<EventState> = {}): EventState => ({
  ...createEvent({ id: 'e'.repeat(24), creator: ada, details }, at('10:00')).state,
  ...members,
});
const change = (members: Partial<EventDetails>) => (state: EventState, now: Date) =>
  updateEvent(state, { ...state, ...members }, now);

/** The code of the refusal, and the member it is about. */
function refusal(decide: () => Decision): (string | undefined)[] {
  try {
    decide();
  } catch (error) {
    if (error instanceof UsherError) return [error.code, ...error.errors.map(({ pointer }) => pointer)];
    throw error;
  }
  return [];
}

describe('creating an event', () => {
  const create = (members: Partial<EventDetails>, now = at('10:00')) =>
    createEvent({ id: 'e'.repeat(24), creator: ada, details: { ...details, ...members } }, now);

  it('gives version 1, by its creator, with no seat booked', () => {
    const { state, change } = create({});
    expect(change).toEqual({ type: 'usher.event.created', changed: [] });
    expect(state).toMatchObject({ ...details, created_by: ada, version: 1, booked_seats: 0, waitlist_length: 0 });
    expect(state).toMatchObject({ created_at: at('10:00'), updated_at: at('10:00') });
  });

  it('may start this very moment, and not before', () => {
    expect(create({}, at('18:00')).state.version).toBe(1);
    expect(refusal(() => create({}, at('18:01')))).toEqual(['validation-failed', '/start_time']);
  });

  it('ends after it starts', () => {
    expect(refusal(() => create({ end_time: at('18:00') }))).toEqual(['validation-failed', '/end_time']);
    expect(refusal(() => create({ end_time: at('17:00') }))).toEqual(['validation-failed', '/end_time']);
  });

  it.each(['canceled', 'completed'] as const)('does not begin its life %s', (status) => {
    expect(refusal(() => create({ status }))).toEqual(['validation-failed', '/status']);
  });
});

describe('updating an event', () => {
  it('names what changed and moves on by one version', () => {
    const { state, change: told } = change({ title: 'Jazz all night', tags: ['jazz', 'late'] })(given(), at('11:00'));
    expect(told).toEqual({ type: 'usher.event.updated', changed: ['title', 'tags'] });
    expect(state).toMatchObject({ title: 'Jazz all night', version: 2, updated_at: at('11:00') });
  });

  it('is no change where everything stays as it is', () => {
    const before = given();
    expect(change({ tags: ['jazz'], start_time: at('18:00') })(before, at('11:00'))).toEqual({
      state: before,
      change: null,
    });
  });

  it('refuses to move the start into the past, and leaves a start that has passed alone', () => {
    expect(refusal(() => change({ start_time: at('17:00') })(given(), at('17:30')))).toEqual([
      'validation-failed',
      '/start_time',
    ]);
    expect(change({ title: 'Late, but on' })(given(), at('19:00')).state.version).toBe(2);
    expect(change({ end_time: at('21:00') })(given(), at('19:00')).state.version).toBe(2);
  });

  it('blames the member that was moved when the end no longer comes after the start', () => {
    expect(refusal(() => change({ start_time: at('20:00') })(given(), at('11:00')))[1]).toBe('/start_time');
    expect(refusal(() => change({ end_time: at('18:00') })(given(), at('11:00')))[1]).toBe('/end_time');
  });

  it('keeps room for everyone who has booked', () => {
    const booked = given({ booked_seats: 40 });
    expect(refusal(() => change({ max_attendees: 39 })(booked, at('11:00')))).toEqual(['capacity-below-booked']);
    expect(change({ max_attendees: 40 })(booked, at('11:00')).state.max_attendees).toBe(40);
    expect(change({ max_attendees: null })(booked, at('11:00')).state.max_attendees).toBeNull();
  });

  it('never goes back in time, however far the clock of this instance lags', () => {
    const { state } = change({ title: 'Other' })(given({ updated_at: at('12:00') }), at('11:59'));
    expect(state.updated_at).toEqual(at('12:00'));
  });
});

describe('the status of an event', () => {
  it.each([
    ['canceled', 'usher.event.canceled'],
    ['completed', 'usher.event.completed'],
  ] as const)('moves from scheduled to %s, also together with other members', (status, type) => {
    const { state, change: told } = change({ status, title: 'Over' })(given(), at('11:00'));
    expect(told).toEqual({ type, changed: ['title', 'status'] });
    expect(state).toMatchObject({ status, title: 'Over', version: 2 });
  });

  it.each([
    ['canceled', 'scheduled'],
    ['canceled', 'completed'],
    ['completed', 'scheduled'],
    ['completed', 'canceled'],
  ] as const)('never moves from %s to %s', (from, to) => {
    expect(refusal(() => change({ status: to })(given({ status: from }), at('11:00')))).toEqual([
      'event-not-scheduled',
    ]);
  });

  it('closes what is canceled for good', () => {
    const canceled = given({ status: 'canceled' });
    expect(refusal(() => change({ title: 'Again' })(canceled, at('11:00')))).toEqual(['event-not-scheduled']);
    expect(refusal(() => change({ attachment_url: 'https://a.example/x' })(canceled, at('11:00')))).toEqual([
      'event-not-scheduled',
    ]);
    expect(change({})(canceled, at('11:00')).change).toBeNull();
  });

  it('leaves what is completed only its attachment: slides come after the talk', () => {
    const completed = given({ status: 'completed' });
    const slides = { attachment_url: 'https://a.example/slides.pdf' };
    expect(change(slides)(completed, at('21:00')).change?.changed).toEqual(['attachment_url']);
    expect(refusal(() => change({ ...slides, title: 'Other' })(completed, at('21:00')))).toEqual([
      'event-not-scheduled',
    ]);
  });
});

describe('canceling an event', () => {
  it('is told as what it is', () => {
    const { state, change: told } = cancelEvent(given(), at('11:00'));
    expect(told).toEqual({ type: 'usher.event.canceled', changed: ['status'] });
    expect(state.status).toBe('canceled');
  });

  it('can be asked for twice', () => {
    expect(cancelEvent(given({ status: 'canceled' }), at('11:00')).change).toBeNull();
  });

  it('comes too late for what has taken place', () => {
    expect(refusal(() => cancelEvent(given({ status: 'completed' }), at('21:00')))).toEqual(['event-not-scheduled']);
  });
});

describe('completing an event', () => {
  it('happens at its end and not before', () => {
    expect(completeEvent(given(), at('19:59')).change).toBeNull();
    expect(completeEvent(given(), at('20:00')).change).toEqual({ type: 'usher.event.completed', changed: ['status'] });
  });

  it.each(['canceled', 'completed'] as const)('leaves what is %s as it is', (status) => {
    expect(completeEvent(given({ status }), at('21:00')).change).toBeNull();
  });
});

describe('deleting an event', () => {
  it.each(['scheduled', 'canceled', 'completed'] as const)('tells its last state, one version on (%s)', (status) => {
    const { state, change: told } = deleteEvent(given({ status, version: 7 }), at('11:00'));
    expect(told).toEqual({ type: 'usher.event.deleted', changed: [] });
    expect(state).toMatchObject({ title: 'Jazz night', status, version: 8, updated_at: at('11:00') });
  });
});
