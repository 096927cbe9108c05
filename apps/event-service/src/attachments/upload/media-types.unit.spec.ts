import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { detectMediaType, MEDIA_TYPES } from './media-types.js';
import { officeDocument, PDF, PNG, zip } from '../testing/files.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-types-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function detected(content: Buffer | string): Promise<string | undefined> {
  const path = join(directory, 'file.png');
  await writeFile(path, content);
  return detectMediaType(path);
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';
const OFFICE = 'application/vnd.openxmlformats-officedocument';
const mp3Frame = Buffer.concat([bytes('fffb9000'), Buffer.alloc(413)]);

describe('by its content', () => {
  const taken: Record<string, Buffer | string> = {
    'image/png': PNG,
    'image/apng': Buffer.concat([
      PNG.subarray(0, 33),
      bytes('00000008 6163544c 00000001 00000000 b92d9fe8'),
      PNG.subarray(33),
    ]),
    'image/jpeg': bytes('ffd8ffe0 00104a46 49460001'),
    'image/gif': 'GIF89a\x01\x00\x01\x00',
    'image/webp': 'RIFF\x24\x00\x00\x00WEBPVP8 ',
    'image/avif': '\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf',
    'application/pdf': PDF,
    'text/calendar': 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n',
    [`${OFFICE}.wordprocessingml.document`]: officeDocument('word/document.xml', 'wordprocessingml.document'),
    [`${OFFICE}.spreadsheetml.sheet`]: officeDocument('xl/workbook.xml', 'spreadsheetml.sheet'),
    [`${OFFICE}.presentationml.presentation`]: officeDocument('ppt/presentation.xml', 'presentationml.presentation'),
    [`${OPEN_DOCUMENT}.text`]: zip({ mimetype: `${OPEN_DOCUMENT}.text` }),
    [`${OPEN_DOCUMENT}.spreadsheet`]: zip({ mimetype: `${OPEN_DOCUMENT}.spreadsheet` }),
    [`${OPEN_DOCUMENT}.presentation`]: zip({ mimetype: `${OPEN_DOCUMENT}.presentation` }),
    'application/zip': zip({ 'notes.txt': 'Bring a towel.' }),
    'audio/mpeg': Buffer.concat([mp3Frame, mp3Frame]),
    'video/mp4': '\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2',
  };

  it.each(Object.entries(taken))('%s is taken', async (type, content) => {
    expect(await detected(typeof content === 'string' ? Buffer.from(content, 'latin1') : content)).toBe(type);
  });

  it('that is the whole table', () => {
    expect(Object.keys(taken).sort()).toEqual(Object.keys(MEDIA_TYPES).sort());
  });

  it.each<[string, Buffer | string]>([
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['SVG with an XML declaration', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['plain text', 'Bring a towel.'],
    ['a script', '#!/bin/sh\nrm -rf /\n'],
    ['a Windows program', `MZ${'\0'.repeat(100)}`],
    ['a Linux program', '\x7fELF\x02\x01\x01'],
    ['a Java archive', zip({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\n', 'A.class': '' })],
    ['an Android package', zip({ 'AndroidManifest.xml': '', 'classes.dex': '' })],
    ['bytes of no meaning', Buffer.alloc(5_000, 0x5a)],
    ['the beginning of a picture', PNG.subarray(0, 5)],
  ])('%s is not', async (_, content) => {
    expect(await detected(content)).toBeUndefined();
  });
});
