import type { Attachment } from '../attachment.js';
import type { SpooledFile } from '../upload/spool.js';

/** Where a file can be had: on a disk of this machine, or at an address that anybody may call for a few minutes. */
export type Whereabouts = { path: string } | { url: string };

/** Keeps files by the ids of their attachments. Everything throws a retryable `unavailable` where the store does not answer. */
export interface AttachmentStore {
  /** Keeps a file, whole or not at all. */
  put(attachment: Attachment, file: SpooledFile): Promise<void>;
  /** Does not look whether it is there. `method` is what the caller will ask with. */
  locate(id: string, method: string): Promise<Whereabouts>;
  /** Does nothing where there is none. */
  remove(id: string): Promise<void>;
}

export const ATTACHMENT_STORE = Symbol('ATTACHMENT_STORE');
