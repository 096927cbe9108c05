import { type Envelope, ENVELOPE_MAX_BYTES, envelopeSchema } from '#contracts';

/** The deepest nesting that is processed: MongoDB stores no more than 100 levels, and recursion has to end somewhere. */
export const ENVELOPE_MAX_DEPTH = 64;

/** Why a message cannot be processed however often it is tried. */
export type PoisonReason =
  'empty' | 'too-large' | 'type-missing' | 'not-utf8' | 'too-deep' | 'not-json' | 'not-an-envelope' | 'type-mismatch';

export type Parsed = { ok: true; envelope: Envelope } | { ok: false; reason: PoisonReason; detail: string };

const poison = (reason: PoisonReason, detail: string): Parsed => ({ ok: false, reason, detail });

/** The envelope in a message's body, checked; `type` is the AMQP property that routing and dispatch go by. */
export function parseMessage(content: Buffer, type: unknown): Parsed {
  if (content.length === 0) return poison('empty', 'no body');
  if (content.length > ENVELOPE_MAX_BYTES) return poison('too-large', `${content.length} bytes`);
  if (typeof type !== 'string' || type === '') return poison('type-missing', 'no property `type`');
  if (depthOf(content) > ENVELOPE_MAX_DEPTH) return poison('too-deep', `nested deeper than ${ENVELOPE_MAX_DEPTH}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return poison('not-utf8', 'the body is not UTF-8');
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return poison('not-json', error instanceof Error ? error.message : String(error));
  }
  const parsed = envelopeSchema.safeParse(body);
  if (!parsed.success) return poison('not-an-envelope', parsed.error.issues.map(describe).join('; '));
  if (parsed.data.type !== type)
    return poison('type-mismatch', `${type} in the properties, ${parsed.data.type} inside`);
  return { ok: true, envelope: parsed.data };
}

const describe = ({ path, message }: { path: PropertyKey[]; message: string }): string =>
  `/${path.map(String).join('/')}: ${message}`;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** How deep arrays and objects nest in JSON text, without parsing it; stops counting once the bound is passed. */
function depthOf(json: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < json.length && deepest <= ENVELOPE_MAX_DEPTH; at += 1) {
    const byte = json[at] ?? 0;
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (OPENING.has(byte)) deepest = Math.max(deepest, ++depth);
    else if (CLOSING.has(byte)) depth -= 1;
  }
  return deepest;
}
