import { fileTypeFromFile } from 'file-type';

/**
 * What is taken: media types by which content is recognised, each with the extensions of its files, the usual one first.
 * Only what has a signature can be on it. Nothing that a browser would run: no HTML, SVG or other XML, no scripts.
 */
export const MEDIA_TYPES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'image/png': ['png'],
  'image/apng': ['png', 'apng'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/avif': ['avif'],
  'application/pdf': ['pdf'],
  'text/calendar': ['ics'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/vnd.oasis.opendocument.presentation': ['odp'],
  'application/zip': ['zip'],
  'audio/mpeg': ['mp3'],
  'video/mp4': ['mp4', 'm4v'],
};

/** The media type that a file's content shows; undefined where it is none of those that are taken. */
export async function detectMediaType(path: string): Promise<string | undefined> {
  const mime = (await fileTypeFromFile(path))?.mime;
  return mime !== undefined && Object.hasOwn(MEDIA_TYPES, mime) ? mime : undefined;
}
