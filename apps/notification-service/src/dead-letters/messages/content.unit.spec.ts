import { expect, it } from '@jest/globals';
import { shownContent } from './content.js';

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

it.each([
  ['JSON', '{"a":[1]}', 'json', { a: [1] }],
  ['JSON that is null', 'null', 'json', null],
  ['text', 'not JSON', 'text', 'not JSON'],
  ['nothing', '', 'text', ''],
  ['JSON that is nested too deeply', deep(100_000), 'text', deep(100_000)],
  ['text with a byte order mark', '\uFEFFa', 'text', '\uFEFFa'],
  ['text with a null', 'a\0', 'base64', 'YQA='],
  ['bytes', Buffer.from([0xff, 0xfe]), 'base64', '//4='],
])('shows %s', (_, content, as, value) => {
  expect(shownContent(Buffer.from(content))).toEqual({ as, value });
});
