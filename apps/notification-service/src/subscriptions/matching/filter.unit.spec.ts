import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Envelope } from '#contracts';
import { type Filter, passes, sizeOf } from './filter.js';
import { anEnvelope, anEnvelopeOf, aFilter } from './testing/arbitraries.js';

const push: Envelope = anEnvelopeOf({
  type: 'com.github.push',
  source: 'https://github.com/cloudevents',
  subject: 'spec',
  priority: 3,
  urgent: true,
  constructor: undefined,
  data: { type: 'com.github.push' },
});

describe('a filter', () => {
  it.each<[string, Filter, boolean]>([
    ['the same value', { exact: { type: 'com.github.push' } }, true],
    ['a value in another case', { exact: { type: 'com.github.Push' } }, false],
    ['a part of the value', { exact: { type: 'com.github' } }, false],
    ['all of several', { exact: { type: 'com.github.push', subject: 'spec' } }, true],
    ['one of several only', { exact: { type: 'com.github.push', subject: 'sdk' } }, false],
    ['an attribute that is missing', { exact: { dataschema: 'x' } }, false],
    ['an extension', { exact: { priority: '3' } }, true],
    ['an extension that is a Boolean', { exact: { urgent: 'true' } }, true],
    ['the data', { exact: { data: '[object Object]' } }, false],
    ['what every object has', { prefix: { constructor: 'function' } }, false],
    ['a beginning', { prefix: { type: 'com.github.', source: 'https://' } }, true],
    ['a beginning in another case', { prefix: { type: 'Com.' } }, false],
    ['a beginning of what is missing', { prefix: { dataschema: 'h' } }, false],
    ['an end', { suffix: { type: '.push' } }, true],
    ['another end', { suffix: { type: '.pull' } }, false],
    ['all', { all: [{ exact: { subject: 'spec' } }, { suffix: { type: 'push' } }] }, true],
    ['all but one', { all: [{ exact: { subject: 'spec' } }, { suffix: { type: 'pull' } }] }, false],
    ['any', { any: [{ exact: { subject: 'sdk' } }, { suffix: { type: 'push' } }] }, true],
    ['none of any', { any: [{ exact: { subject: 'sdk' } }, { suffix: { type: 'pull' } }] }, false],
    ['not', { not: { exact: { subject: 'sdk' } } }, true],
    ['not what is so', { not: { exact: { subject: 'spec' } } }, false],
    ['not a value of what is missing', { not: { prefix: { dataschema: 'h' } } }, true],
  ])('on %s', (_, filter, passing) => {
    expect(passes(push, filter)).toBe(passing);
  });

  it('has a size', () => {
    const leaf = { exact: { type: 'x' } };
    expect(sizeOf(leaf)).toEqual({ count: 1, depth: 1 });
    expect(sizeOf({ any: [leaf, { not: { all: [leaf, leaf] } }] })).toEqual({ count: 6, depth: 4 });
  });
});

describe('for any filters and any event', () => {
  const law = (holds: (event: Envelope, a: Filter, b: Filter) => boolean) =>
    fc.assert(fc.property(anEnvelope, aFilter, aFilter, holds), { numRuns: 500 });

  it('not (a and b) is (not a) or (not b)', () => {
    law((event, a, b) => passes(event, { not: { all: [a, b] } }) === passes(event, { any: [{ not: a }, { not: b }] }));
  });

  it('not (a or b) is (not a) and (not b)', () => {
    law((event, a, b) => passes(event, { not: { any: [a, b] } }) === passes(event, { all: [{ not: a }, { not: b }] }));
  });

  it('not not a is a, and a filter passes or it does not', () => {
    law((event, a) => passes(event, { not: { not: a } }) === passes(event, a));
    law((event, a) => passes(event, { any: [a, { not: a }] }) && !passes(event, { all: [a, { not: a }] }));
  });

  it('the order of a and b makes no difference', () => {
    law((event, a, b) => passes(event, { all: [a, b] }) === passes(event, { all: [b, a] }));
    law((event, a, b) => passes(event, { any: [a, b] }) === passes(event, { any: [b, a] }));
  });
});
