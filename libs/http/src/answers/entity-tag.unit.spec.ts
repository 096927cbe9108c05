import { describe, expect, it } from '@jest/globals';
import { entityTag, namesTag, namesVersion } from './entity-tag.js';

describe('an entity tag', () => {
  it('is of a version, and of a revision where there is one', () => {
    expect([entityTag(7), entityTag(7, 0), entityTag(7, 12)]).toEqual(['"7"', '"7.0"', '"7.12"']);
  });

  it.each([
    ['"7"', true],
    ['"7.12"', true],
    ['"6", "7.3"', true],
    ['*', true],
    ['"8"', false],
    ['"70"', false],
    ['"17.1"', false],
    ['W/"7"', false],
    ['7', false],
    ['', false],
  ])('in If-Match: %s names version 7: %s', (field, expected) => {
    expect(namesVersion(field, 7, 'strong')).toBe(expected);
  });

  it('may be weak in If-None-Match', () => {
    expect(namesVersion('W/"7.1"', 7, 'weak')).toBe(true);
  });

  it('makes an answer the one that the client has only where the revision is the same too', () => {
    expect(namesTag('"7.12"', entityTag(7, 12))).toBe(true);
    expect(namesTag('W/"7.12"', entityTag(7, 12))).toBe(true);
    expect(namesTag('"7.11"', entityTag(7, 12))).toBe(false);
    expect(namesTag('"7"', entityTag(7, 12))).toBe(false);
  });
});
