import { create } from 'content-disposition';
import type { Attachment } from '../attachment.js';

/** What a download says of itself: its type as detected, and that it is to be saved and never shown (RFC 6266, RFC 8187). */
export const contentHeaders = ({ name, type }: Pick<Attachment, 'name' | 'type'>) => ({
  'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
  'content-disposition': create(name),
});
