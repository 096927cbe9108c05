import type { EventState } from '../events/event.js';

/** One file that was uploaded for an event. */
export interface Attachment {
  /** Random: only who was told of it finds it. */
  id: string;
  event_id: string;
  /** What it is called where it is downloaded. */
  name: string;
  /** Its media type, as its content shows. */
  type: string;
  /** In bytes. */
  size: number;
  created_at: Date;
}

/** The largest file, in bytes. */
export const MAX_SIZE = 10 * 1024 * 1024;

/** Where an attachment is downloaded, below Usher's own address. */
export const pathOf = (id: string): string => `/v1/attachments/${id}`;

/**
 * Whether the event points to that attachment; whatever it points to besides is not Usher's to keep. The address before
 * the path does not count, because Usher may have had another one at the time of the upload.
 */
export const isLinked = (id: string, event: Pick<EventState, 'attachment_url'> | undefined): boolean =>
  event?.attachment_url?.endsWith(pathOf(id)) ?? false;
