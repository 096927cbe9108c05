/** What a line may hold, without its line break (RFC 5545, section 3.1). */
const OCTETS = 75;

/**
 * Folds content lines that end in CRLF, never within a character. ical-generator's own folding takes a microsecond for
 * each character, which is seconds for a long calendar.
 */
export const fold = (lines: string): string => lines.split('\r\n').map(foldLine).join('\r\n');

function foldLine(line: string): string {
  const octets = Buffer.from(line);
  const parts: string[] = [];
  for (let start = 0, room = OCTETS; start < octets.length; room = OCTETS - 1) {
    let end = start + room;
    while (isWithinCharacter(octets[end])) end -= 1;
    parts.push(octets.toString('utf8', start, end));
    start = end;
  }
  return parts.join('\r\n ');
}

/** Whether an octet of UTF-8 continues a character. */
const isWithinCharacter = (octet: number | undefined): boolean => octet !== undefined && octet >> 6 === 0b10;
