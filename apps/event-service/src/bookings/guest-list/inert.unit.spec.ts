import { describe, expect, it } from '@jest/globals';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { inert } from './inert.js';

const SIGN = /^[=+\-@\u2212]/;
/** As a spreadsheet that drops all it can may see a cell. */
const evaluates = (cell: string): boolean => SIGN.test(cell.normalize('NFKC').replace(/^[\p{Z}\p{C}"]+/u, ''));

/** Cells as a spreadsheet finds them: quotes count at the beginning of a cell only, and may stay open. */
function cellsOf(csv: string, delimiter: string): string[] {
  const cells = [''];
  let quotes: 'none' | 'open' | 'closed' = 'none';
  for (const character of csv) {
    const cell = cells.at(-1);
    if (character === '"' && (cell === '' || quotes !== 'none')) quotes = quotes === 'open' ? 'closed' : 'open';
    else if (quotes !== 'open' && [delimiter, '\r', '\n'].includes(character)) {
      cells.push('');
      quotes = 'none';
    } else cells.push(`${cells.pop() ?? ''}${character}`);
  }
  return cells;
}

/** How to get back what was said, as docs/decisions/guest-list.md tells. */
const SIGNS = '=+\\-@\\u2212⁺⁻⁼₊₋₌⩵⩶﬩﹢﹣﹦﹫＋－＝＠';
const INSERTED = new RegExp(
  `^'(?='*[\\t\\r\\n])|(?<=^|[,;\\|\\t\\r\\n])'(?=[['"\\p{Z}\\p{C}]--[\\t\\r\\n]]*[${SIGNS}])`,
  'gv',
);
const original = (text: string): string => text.replaceAll(INSERTED, '');

const hostile = fc
  .array(fc.constantFrom(...Array.from('=+-@＝−﹫\t\r\n,;|"\' \u00a0\u200b\ufeffa1'), '\r\n', '😀', 'e\u0301'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));
const anything = fc.oneof(hostile, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

describe('a text made inert', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-2+3', "'-2+3"],
    ['+49 30 901820', "'+49 30 901820"],
    ['\t=1', "'\t'=1"],
    ['\rcalc', "'\rcalc"],
    ['  =1', "'  =1"],
    ['\u200b=1', "'\u200b=1"],
    ['＝1+1', "'＝1+1"],
    ['"=1', `'"=1`],
    ["'=1", "''=1"],
    ['Ada;=1+1', "Ada;'=1+1"],
    ['vegan\n- no nuts', "vegan\n'- no nuts"],
  ])('%j is %j', (text, expected) => {
    expect(inert(text)).toBe(expected);
  });

  it.each(['Ada Lovelace', "'t Hooft", 'ada+usher@example.com', '030 901820', 'a = b', 'x\n\ny', 'Jean-Luc', ''])(
    '%j is itself',
    (text) => {
      expect(inert(text)).toBe(text);
    },
  );

  it('begins with no character that is compatible with a sign', () => {
    for (let code = 0; code <= 0x10_ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (evaluates(character)) expect(inert(character)).toBe(`'${character}`);
    }
  });

  it('is never evaluated, whatever its line is split by and whether or not quotes are seen', () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 3 }), (texts) => {
        const csv = stringify([texts], { cast: { string: inert }, record_delimiter: 'windows' });
        for (const delimiter of [',', ';', '\t', '|']) {
          const withoutQuotes = csv.split(/[\r\n]/).flatMap((line) => line.split(delimiter));
          expect([...cellsOf(csv, delimiter), ...withoutQuotes].filter(evaluates)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('tells what was said', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(original(inert(text))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a time that grows with its length alone', () => {
    const long = '\n'.repeat(50_000) + "'".repeat(50_000) + ' '.repeat(50_000);
    expect(inert(long)).toHaveLength(long.length + 1);
  });
});
