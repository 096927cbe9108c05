import fc from 'fast-check';
import type { Envelope } from '#contracts';
import type { Filter } from '../filter.js';
import { AUDIENCES, type Interest } from '../interest.js';

/** Few and alike, so that things match by chance. */
const types = ['usher.event.created', 'usher.event.deleted', 'usher.booking.confirmed', 'com.acme.order', 'com.acme.o'];
const values = ['usher.', 'usher.event.', 'com.acme.', 'created', '/a', '/a/b', 'events/1', 'events/2', '1', 'e'];
const names = ['type', 'source', 'subject', 'priority'];

export const anEnvelopeOf = (members: Record<string, unknown>): Envelope => ({
  specversion: '1.0',
  id: '1',
  source: '/a',
  type: 'com.acme.order',
  data: null,
  ...members,
});

export const anEnvelope: fc.Arbitrary<Envelope> = fc
  .record(
    {
      type: fc.constantFrom(...types),
      source: fc.constantFrom('/a', '/a/b', '/event-service'),
      subject: fc.constantFrom('events/1', 'events/2', 'orders/1'),
      priority: fc.constantFrom(1, 11, true),
    },
    { requiredKeys: ['type', 'source'] },
  )
  .map(anEnvelopeOf);

const attributes = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...types, ...values)), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((entries) => Object.fromEntries(entries));

export const aFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter; several: Filter[] }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    attributes.map((exact) => ({ exact })),
    attributes.map((prefix) => ({ prefix })),
    attributes.map((suffix) => ({ suffix })),
    tie('several').map((all) => ({ all })),
    tie('several').map((any) => ({ any })),
    tie('filter').map((not) => ({ not })),
  ),
  several: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
})).filter;

export const anInterest: fc.Arbitrary<Interest> = fc.record({
  audience: fc.constantFrom(...AUDIENCES),
  types: fc.option(fc.uniqueArray(fc.constantFrom(...types), { minLength: 1, maxLength: 3 })),
  source: fc.option(fc.constantFrom('/a', '/a/b', '/event-service')),
  filters: fc.array(aFilter, { maxLength: 3 }),
});
