export const PLATFORMS = ['ios', 'android'] as const;

/** A phone or tablet that pushes can be sent to. */
export interface Device {
  id: string;
  user_id: string;
  platform: (typeof PLATFORMS)[number];
  /** What its app was given to be reached by; never shown whole. */
  token: string;
  /** The last time that its app has said so. */
  registered_at: Date;
}

/** Of more, those that were not heard of for the longest time are forgotten. */
export const MAX_DEVICES = 20;
