import { PartnerFailure } from '../partner.js';

/**
 * A whole body as text. Where it is longer than `limit` bytes, reading stops, and that is nonsense, as is what is not
 * UTF-8: PartnerFailure.
 */
export async function readText(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) throw nonsense(new RangeError(`longer than ${limit} bytes`));
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw nonsense(cause);
  }
}

const nonsense = (cause: unknown): PartnerFailure => new PartnerFailure('nonsense', { cause });
