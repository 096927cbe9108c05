import type { Envelope } from '#contracts';
import type { Shipment } from './channel.js';

/** The CloudEvent for receivers to which nothing can be said beside it: a replayed one has its replay as an extension. */
export const markedEvent = ({ envelope, replayId }: Pick<Shipment, 'envelope' | 'replayId'>): Envelope =>
  replayId === null ? envelope : { ...envelope, usherreplay: replayId };
