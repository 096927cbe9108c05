import { describe, expect, it } from '@jest/globals';
import { isLinked, pathOf } from './attachment.js';

const ID = '0714ee3bb39aec601652aaac';

describe('an event points to an attachment', () => {
  it.each<[string, string | null, boolean]>([
    ['by its address', `https://usher.example${pathOf(ID)}`, true],
    ['by the address that Usher had before', `http://localhost:3000${pathOf(ID)}`, true],
    ['not by that of another one', `https://usher.example${pathOf('a'.repeat(24))}`, false],
    ['not by one that only begins with it', `https://usher.example${pathOf(ID)}0`, false],
    ['not by anything else', 'https://example.com/flyer.png', false],
    ['not by none', null, false],
  ])('%s', (_, attachment_url, linked) => {
    expect(isLinked(ID, { attachment_url })).toBe(linked);
  });

  it('not where it is gone', () => {
    expect(isLinked(ID, undefined)).toBe(false);
  });
});
