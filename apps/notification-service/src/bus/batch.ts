import type { Envelope } from '#contracts';
import { UsherError } from '#kernel';
import { toCloudEvent } from './cloud-event.js';
import { structuredEvent } from './http-binding.js';

/** One item of a batch: an event that may be published, or why it is none. */
export type BatchItem = { event: Envelope } | { refused: UsherError; item: unknown };

/** Every item on its own: one that is no event does not keep the others from being some. */
export const readBatch = (items: readonly unknown[]): BatchItem[] =>
  items.map((item, index) => {
    try {
      return { event: toCloudEvent(structuredEvent(item, `/${index}`)) };
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      return { refused: error, item };
    }
  });
