const bytesToHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const processPart = bytesToHex(crypto.getRandomValues(new Uint8Array(5)));
let counter = crypto.getRandomValues(new Uint32Array(1)).at(0) ?? 0;

/**
 * A new 24-hex id in the layout of a BSON ObjectId (seconds, process, counter): unique across instances and, within a
 * process, ascending, so that it indexes well.
 */
export function newId(now: Date = new Date()): string {
  counter = (counter + 1) & 0xff_ff_ff;
  const seconds = Math.floor(now.getTime() / 1000);
  return seconds.toString(16).padStart(8, '0') + processPart + counter.toString(16).padStart(6, '0');
}

export const ID_PATTERN = /^[0-9a-f]{24}$/;
