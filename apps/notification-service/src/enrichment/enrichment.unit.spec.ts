import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '#kernel';
import { requirementsOf } from '../templates/requirements.js';
import { SEEDS } from '../templates/seeds/seeds.js';
import { conclude, plan } from './enrichment.js';
import { eventNow, factsOfBooking, factsOfEvent } from './testing/facts.js';

describe('what a template needs', () => {
  it('is nothing where it shows only what the notification carries', () => {
    const facts = factsOfBooking('confirmed');
    expect(plan([], facts)).toEqual({ kind: 'complete', data: facts.data });
  });

  it('is said by the event itself, as it was when it happened', () => {
    const facts = factsOfEvent('updated');
    expect(plan(['event.location', 'event.start_time', 'event.description'], facts)).toEqual({
      kind: 'complete',
      data: {
        ...facts.data,
        event: {
          ...facts.data.event,
          location: 'London',
          start_time: '2026-12-01T08:00:00.000Z',
          description: '',
        },
      },
    });
  });

  it('is known where it is known to be nothing', () => {
    expect(plan(['event.country'], factsOfEvent('created'))).toMatchObject({
      kind: 'complete',
      data: { event: { country: null } },
    });
  });

  it('is said of a booking by its own message, and of its event no more than the beginning', () => {
    expect(plan(['booking.code', 'booking.seats', 'event.start_time'], factsOfBooking('canceled'))).toMatchObject({
      kind: 'complete',
      data: { booking: { code: 'K7Q2M9XA', seats: 1 }, event: { start_time: expect.any(String) } },
    });
    const eventId = newId();
    expect(plan(['booking.code', 'event.location'], factsOfBooking('confirmed', eventId))).toEqual({
      kind: 'fetch',
      eventId,
    });
  });

  it('is missing for good where nobody could say it', () => {
    expect(plan(['booking.seats', 'event.location'], factsOfEvent('created'))).toEqual({
      kind: 'missing',
      what: ['booking.seats'],
    });
  });
});

describe('an event that had to be fetched', () => {
  const needs = ['booking.code', 'event.start_time', 'event.end_time', 'event.location'];

  it('is told of as it is now, the beginning included', () => {
    const eventId = newId();
    const facts = factsOfBooking('confirmed', eventId);
    const event = eventNow(eventId);
    expect(conclude(needs, facts, event)).toEqual({
      kind: 'complete',
      data: {
        ...facts.data,
        booking: { ...facts.data.booking, code: 'K7Q2M9XA' },
        event: {
          ...facts.data.event,
          start_time: event.start_time,
          end_time: event.end_time,
          location: 'Lisbon',
        },
      },
    });
  });

  it('leaves what is missing where it is gone', () => {
    expect(conclude(needs, factsOfBooking('confirmed'), undefined)).toEqual({
      kind: 'missing',
      what: ['event.end_time', 'event.location'],
    });
  });
});

it.each([
  ['event.deleted', factsOfEvent('deleted')],
  ['event.canceled', factsOfEvent('canceled')],
  ['booking.canceled', factsOfBooking('canceled')],
] as const)('the templates that come with Usher for %s fetch nothing: by then it may be gone', (type, facts) => {
  const seeds = SEEDS.filter((seed) => seed.type === type);
  const needs = seeds.flatMap(({ channel, content }) => requirementsOf(type, channel, content));
  expect(needs).not.toEqual([]);
  expect(plan(needs, facts).kind).toBe('complete');
});

it('needs are all met or named, whichever they are', () => {
  const paths = [
    'event.location',
    'event.end_time',
    'event.seats_left',
    'event.country',
    'booking.seats',
    'booking.code',
  ];
  const facts = fc.constantFrom(factsOfEvent('deleted'), factsOfBooking('promoted'), factsOfBooking('canceled'));
  fc.assert(
    fc.property(fc.subarray(paths), facts, fc.boolean(), (needs, known, isThere) => {
      const planned = plan(needs, known);
      const event = isThere ? eventNow(known.data.event.id) : undefined;
      const result = planned.kind === 'fetch' ? conclude(needs, known, event) : planned;
      if (result.kind === 'missing') expect(needs).toEqual(expect.arrayContaining([...result.what]));
      else for (const path of needs) expect(result.data).toHaveProperty(path);
    }),
  );
});
