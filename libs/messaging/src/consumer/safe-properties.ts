/** A message's properties travel in one frame (131,072 bytes); a poisonous one may have filled it to the brim. */
const HEADERS_LENGTH = 32_768;
/** What AMQP 0-9-1 calls a short string, in bytes of UTF-8: routing keys, most properties, names of headers. */
const SHORT = 255;
/** Beyond it amqplib takes fractions for integers, which it then cannot write. */
const FRACTIONS_BELOW = 2 ** 50;

const KEPT = ['messageId', 'type', 'contentType', 'correlationId'] as const;

export type SafeProperties = Partial<Record<(typeof KEPT)[number], string>>;

/** Whether it can be sent as a short string; bytes that were no UTF-8 have grown when they were read. */
export const isShort = (value: unknown): value is string =>
  typeof value === 'string' && Buffer.byteLength(value) <= SHORT;

/** A message's identity, without what would have the broker act on it again (`expiration`, `userId` …). */
export function safeProperties(properties: object): SafeProperties {
  const had: Record<string, unknown> = { ...properties };
  const safe: SafeProperties = {};
  for (const name of KEPT) {
    const value = had[name];
    if (isShort(value)) safe[name] = value;
  }
  return safe;
}

/** Its plain headers, without those that are instructions to the broker; none at all where they are too many. */
export function safeHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const kept = Object.entries(headers).filter(
    (header): header is [string, string | number | boolean] =>
      isShort(header[0]) && !['CC', 'BCC'].includes(header[0]) && isPlain(header[1]),
  );
  return JSON.stringify(kept).length > HEADERS_LENGTH ? {} : Object.fromEntries(kept);
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) || Math.abs(value) < FRACTIONS_BELOW;
  return typeof value === 'string' || typeof value === 'boolean';
}
