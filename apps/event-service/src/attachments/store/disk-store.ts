import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachment } from '../attachment.js';
import type { SpooledFile } from '../upload/spool.js';
import type { AttachmentStore, Whereabouts } from './attachment-store.js';
import { storeUnavailable } from './store-unavailable.js';

/** Files in one folder, which has to be the same for all instances. */
export class DiskStore implements AttachmentStore {
  constructor(private readonly directory: string) {}

  /** The spool is on the same file system: moving the file is one step, which happens or does not. */
  async put({ id }: Attachment, { path }: SpooledFile): Promise<void> {
    try {
      await rename(path, this.pathOf(id));
    } catch (cause) {
      throw storeUnavailable(cause);
    }
  }

  async locate(id: string): Promise<Whereabouts> {
    return { path: this.pathOf(id) };
  }

  async remove(id: string): Promise<void> {
    try {
      await rm(this.pathOf(id), { force: true });
    } catch (cause) {
      throw storeUnavailable(cause);
    }
  }

  private pathOf(id: string): string {
    return join(this.directory, id);
  }
}
