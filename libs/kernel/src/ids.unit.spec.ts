import { describe, expect, it } from '@jest/globals';
import { ID_PATTERN, newId } from './ids.js';

describe('newId', () => {
  it('gives 24 hexadecimal digits, unique and ascending within a process', () => {
    const now = new Date();
    const ids = Array.from({ length: 1000 }, () => newId(now));
    expect(ids.every((id) => ID_PATTERN.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(1000);
  });
});
