/** A binary member of a lean document, which holds BSON's Binary where the schema says Buffer. */
export function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  const { buffer } = value as { buffer: Uint8Array };
  return Buffer.from(buffer);
}
