import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Filter } from './filter.js';
import { filingOf, keysFor } from './index-keys.js';
import { type Interest, wants } from './interest.js';
import { SubscriptionIndex } from './subscription-index.js';
import { newTestEvent } from './test-event.js';
import { anEnvelope, anEnvelopeOf, anInterest } from './testing/arbitraries.js';

const everything: Interest = { audience: 'everything', types: null, source: null, filters: [] };
const keysOf = (interest: Partial<Interest>): number => filingOf({ ...everything, ...interest }).keys.length;
const subject = (value: string): Filter => ({ exact: { subject: value } });

describe('for any subscriptions and any event', () => {
  it('the index finds whatever wants the event, each once, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(anInterest, { maxLength: 30 }),
        fc.array(anEnvelope, { maxLength: 5 }),
        (interests, events) => {
          const index = new SubscriptionIndex();
          const all = interests.map((interest, n) => ({ id: String(n), interest }));
          for (const one of all) index.put(one);
          for (const event of events) {
            const wanted = all.filter(({ interest }) => wants(interest, event));
            expect(index.match(event).toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual(wanted);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('it makes no difference what else has come and gone', () => {
    const step = fc.record({ id: fc.constantFrom('a', 'b', 'c'), interest: fc.option(anInterest) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), anEnvelope, (steps, event) => {
        const index = new SubscriptionIndex();
        const last = new Map<string, Interest>();
        for (const { id, interest } of steps)
          if (interest === null) {
            index.remove(id);
            last.delete(id);
          } else {
            index.put({ id, interest });
            last.set(id, interest);
          }
        const wanted = [...last].filter(([, interest]) => wants(interest, event)).map(([id]) => id);
        expect(
          index
            .match(event)
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual(wanted.toSorted());
        expect(index.size).toBe(last.size);
      }),
      { numRuns: 300 },
    );
  });
});

describe('who may see what', () => {
  const index = new SubscriptionIndex();
  index.put({ id: 'anyone', interest: { ...everything, audience: 'public' } });
  index.put({ id: 'client', interest: everything });

  it.each([
    ['usher.event.created', ['anyone', 'client']],
    ['usher.event.reminder', ['anyone', 'client']],
    ['usher.booking.confirmed', ['client']],
    ['usher.events', ['client']],
    ['com.acme.usher.event.created', ['client']],
  ])('%s', (type, ids) => {
    expect(
      index
        .match(anEnvelopeOf({ type }))
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids);
  });

  it('whatever the filters say', () => {
    const own = new SubscriptionIndex();
    own.put({ id: 'x', interest: { ...everything, audience: 'public', filters: [{ not: { exact: { type: 'x' } } }] } });
    expect(own.match(anEnvelopeOf({ type: 'usher.booking.confirmed' }))).toEqual([]);
  });
});

describe('a test', () => {
  const index = new SubscriptionIndex();
  index.put({ id: 'tested', interest: { ...everything, audience: 'public', types: ['usher.event.created'] } });
  index.put({ id: 'other', interest: everything });

  it('goes to what it tests alone, whatever that wants', () => {
    expect(index.match(newTestEvent('tested', '1', new Date())).map(({ id }) => id)).toEqual(['tested']);
    expect(index.match(newTestEvent('gone', '1', new Date()))).toEqual([]);
  });
});

describe('a subscription is filed', () => {
  it('once for each type, source and subject that it insists on', () => {
    expect(keysOf({})).toBe(1);
    expect(keysOf({ types: ['a', 'b'], source: '/a' })).toBe(2);
    expect(keysOf({ types: ['a', 'b'], filters: [{ any: [subject('1'), subject('2'), subject('3')] }] })).toBe(6);
    expect(keysOf({ filters: [{ all: [subject('1'), { suffix: { type: 'x' } }] }] })).toBe(1);
  });

  it('less precisely where that would be in too many places', () => {
    const subjects = Array.from({ length: 60 }, (_, n) => subject(String(n)));
    expect(keysOf({ filters: [{ any: subjects }] })).toBe(60);
    expect(keysOf({ types: ['a', 'b'], filters: [{ any: subjects }] })).toBe(2);
  });

  it('nowhere where it contradicts itself', () => {
    expect(keysOf({ types: ['a'], filters: [{ exact: { type: 'b' } }] })).toBe(0);
    expect(keysOf({ audience: 'public', types: ['com.acme.order'] })).toBe(0);
  });

  it('so that an event is looked for in few places', () => {
    const event = anEnvelopeOf({ type: 'com.acme.order', subject: '1' });
    expect(keysFor(event, [])).toHaveLength(8);
    expect(keysFor(event, [4, 9, 200])).toHaveLength(16);
  });
});
