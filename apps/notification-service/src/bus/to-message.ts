import { ENVELOPE_CONTENT_TYPE } from '#contracts';
import { EXCHANGES, type OutgoingMessage } from '#messaging';
import type { OutboxEntry } from './outbox.schema.js';

/** An accepted event as the bus carries it. `sequence` stays its source's: the outbox has nothing to say about that order. */
export const toMessage = ({ id, type, traceparent, content }: OutboxEntry): OutgoingMessage => ({
  exchange: EXCHANGES.events,
  routingKey: type,
  content: Buffer.from(content),
  properties: {
    messageId: id,
    type,
    contentType: ENVELOPE_CONTENT_TYPE,
    headers: { traceparent, 'x-usher-attempt': 1 },
  },
});
