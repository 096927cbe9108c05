import { MEDIA_TYPES } from './media-types.js';

const FALLBACK = 'attachment';
/** File systems take 255 bytes; this leaves room for an extension, and for the `(1)` of a second download. */
const MAX_BYTES = 200;

const FOLDERS = /^.*[/\\]/su;
/** Control characters, the invisible ones that show `gpj.exe` back to front, and what Windows does not take. */
const UNSAFE = /[\p{C}\p{Z}<>:"|?*]+/gu;
const EXTENSION = /\.[^.]{1,10}$/u;

/**
 * The name to offer a download under: what the uploader called it, without what misleads people or file systems, and
 * always with an extension of the type that it really has.
 */
export function safeFileName(given: string | undefined, type: string): string {
  const plain = (given ?? '').toWellFormed().normalize('NFC').replace(FOLDERS, '').replaceAll(UNSAFE, ' ');
  const name = shorten(plain.replaceAll(/^[. ]+|[. ]+$/g, '')) || FALLBACK;
  const extensions = MEDIA_TYPES[type] ?? [];
  const right = extensions.some((extension) => name.toLowerCase().endsWith(`.${extension}`));
  return right || extensions[0] === undefined ? name : `${name}.${extensions[0]}`;
}

/** Takes characters off the end, except for an extension. */
function shorten(name: string): string {
  const extension = EXTENSION.exec(name)?.[0] ?? '';
  const stem = Array.from(name.slice(0, name.length - extension.length));
  while (Buffer.byteLength(stem.join('') + extension) > MAX_BYTES) stem.pop();
  return stem.join('') + extension;
}
