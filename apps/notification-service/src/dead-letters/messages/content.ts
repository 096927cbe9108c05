/** What is nested deeper is shown as text. */
const DEEPEST = 64;

/** A content as people can read it. */
export interface ShownContent {
  as: 'json' | 'text' | 'base64';
  /** Any JSON value, or a string. */
  value: unknown;
}

/** JSON where it is JSON, text where it is UTF-8, and base64 otherwise. */
export function shownContent(content: Buffer): ShownContent {
  const text = textOf(content);
  if (text === undefined) return { as: 'base64', value: content.toString('base64') };
  const json = jsonOf(text);
  return json === undefined ? { as: 'text', value: text } : { as: 'json', value: json };
}

function textOf(content: Buffer): string | undefined {
  if (content.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** Undefined is no JSON value. */
function jsonOf(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isDeeper(value, DEEPEST) ? undefined : value;
}

function isDeeper(value: unknown, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return than === 0 || Object.values(value).some((item) => isDeeper(item, than - 1));
}
