/** Where an event's attributes stand in a request, for pointing at what is wrong with them. */
export interface EventPlace {
  pointerTo(attribute: string): string;
}

/** An event as somebody sent it: nothing about it is known yet. */
export interface RawEvent {
  attributes: Readonly<Record<string, unknown>>;
  data?: unknown;
  data_base64?: unknown;
  place: EventPlace;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
