import { describe, expect, it } from '@jest/globals';
import { preferredType } from './prefers-text.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const CSV = 'text/csv; charset=utf-8; header=present';

describe('what a client prefers of JSON and text', () => {
  it.each([
    [undefined, JSON_TYPE],
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', JSON_TYPE],
    ['application/json, text/plain, */*', JSON_TYPE],
    ['text/csv', CSV],
    ['TEXT/CSV', CSV],
    ['text/*', CSV],
    ['text/csv; charset=UTF-8', CSV],
    ['text/csv;header=present', CSV],
    ['text/csv;q=0.1', CSV],
    ['text/csv, */*;q=0.1', CSV],
    ['application/json;q=0.5, text/csv;q=0.6', CSV],
    ['application/json;q=0.6, text/csv;q=0.5', JSON_TYPE],
    ['*/*;q=0.9, application/json;q=0', CSV],
    ['text/csv;q=0, */*', JSON_TYPE],
  ])('%j: %s', (accept, type) => {
    expect(preferredType(accept, [JSON_TYPE, CSV])).toBe(type);
  });

  it.each(['image/png', 'text/csv;q=0', '*/*;q=0', 'text/csv; header=absent', 'nonsense'])('%j: neither', (accept) => {
    expect(() => preferredType(accept, [JSON_TYPE, CSV])).toThrow(
      expect.objectContaining({
        code: 'not-acceptable',
        detail: 'The answer may be had as application/json or text/csv.',
      }),
    );
  });
});
