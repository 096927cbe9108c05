import { type Envelope, ENVELOPE_MAX_BYTES } from '#contracts';
import { UsherError } from '#kernel';

/** What ties an event to the request that published it, where the event does not say. */
export interface CausalChain {
  traceparent: string;
  correlationid: string;
}

const OWN_TYPE = /^usher\./i;
const OWN_SOURCE = /^\/(?:event|notification)-service(?:[/?#]|$)/i;

/** Throws `forbidden` for an event that only Usher itself can say: others would be believed, or keep its own from counting. */
export function refuseOurOwn({ type, source }: Pick<Envelope, 'type' | 'source'>): void {
  if (OWN_TYPE.test(type)) throw new UsherError('forbidden', 'Types beginning with `usher.` are Usher’s own.');
  if (OWN_SOURCE.test(source)) throw new UsherError('forbidden', `The source ${source} is Usher’s own.`);
}

/** The event as it goes on the bus. Members that it has are its producer's, and stay as they are. */
export const completed = (event: Envelope, chain: CausalChain, dataschema?: string): Envelope => ({
  ...event,
  ...(event.dataschema === undefined && dataschema !== undefined ? { dataschema } : {}),
  traceparent: event.traceparent ?? chain.traceparent,
  correlationid: event.correlationid ?? chain.correlationid,
});

/** The event as a message carries it. Throws `payload-too-large` above 64 KiB, with what Usher has added. */
export function toContent(event: Envelope): string {
  const content = JSON.stringify(event);
  const bytes = Buffer.byteLength(content);
  if (bytes <= ENVELOPE_MAX_BYTES) return content;
  throw new UsherError('payload-too-large', `The event takes ${bytes} bytes; at most ${ENVELOPE_MAX_BYTES} are taken.`);
}
