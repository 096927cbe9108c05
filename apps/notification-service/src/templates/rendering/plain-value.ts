/** Embeddings, overrides and isolates (UAX #9): with these a value could reorder what stands around it. */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/gu;
/** Control characters, line and paragraph separators: a value is one line wherever it stands. */
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
/** What is written from right to left, or marks that make their surroundings so. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\u061c\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Runs as it is in any sentence: a name or a code, to be copied without marks that nobody sees. */
const LATIN_WORD = /^[\dA-Za-z]*$/;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/** `text` as one line without control characters. */
export const toLine = (text: string): string => text.replace(BREAKS, ' ').replaceAll(/ {2,}/g, ' ').trim();

/**
 * A value from outside as it may stand in a sentence that runs in `direction`: one line, and isolated where it may run
 * the other way (UAX #9, section 2.4), so that it cannot reorder the sentence.
 */
export function toPlainValue(text: string, direction: 'ltr' | 'rtl'): string {
  const line = toLine(text.replace(REORDERING, ''));
  const harmless = direction === 'ltr' ? !RIGHT_TO_LEFT.test(line) : LATIN_WORD.test(line);
  if (harmless) return line;
  return `${FIRST_STRONG_ISOLATE}${line}${POP_ISOLATE}`;
}

/** The same for what has lines of its own; each of them is a paragraph of its own for the bidirectional algorithm. */
export const toPlainProse = (text: string, direction: 'ltr' | 'rtl'): string =>
  text
    .split(/\r\n?|[\n\u2028\u2029]/)
    .map((line) => toPlainValue(line, direction))
    .join('\n')
    .trim();
