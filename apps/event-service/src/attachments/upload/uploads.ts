import type { IncomingMessage } from 'node:http';
import { UsherError } from '#kernel';
import { MAX_SIZE } from '../attachment.js';
import { safeFileName } from './file-name.js';
import { detectMediaType } from './media-types.js';
import { readOneFile } from './one-file-body.js';
import type { Spool, SpooledFile } from './spool.js';

/** A file that has arrived and is fit to be stored. */
export interface UploadedFile extends SpooledFile {
  name: string;
  type: string;
}

/** Takes in the files of upload requests. */
export class Uploads {
  constructor(private readonly spool: Spool) {}

  /** Hands the file of a request to `store`, which may move it away; nothing of it stays behind here. */
  async take<T>(request: IncomingMessage, store: (file: UploadedFile) => Promise<T>): Promise<T> {
    const path = this.spool.newPath();
    try {
      const { name, size } = await readOneFile(request, MAX_SIZE, async (file) => ({
        name: file.name,
        size: await this.spool.write(path, file.content),
      }));
      if (size === 0) throw empty();
      const type = await detectMediaType(path);
      if (type === undefined) throw unknownType();
      return await store({ path, size, type, name: safeFileName(name, type) });
    } finally {
      await this.spool.discard(path);
    }
  }
}

const empty = (): UsherError =>
  new UsherError('validation-failed', 'The file is empty.', {
    errors: [{ pointer: '/file', message: 'must not be empty' }],
  });

const unknownType = (): UsherError =>
  new UsherError(
    'unsupported-media-type',
    'By its content, the file is of none of the types that are taken: images, PDF, office documents, calendars, ZIP, MP3, MP4.',
  );
