import type { EventResource } from '#contracts';
import type { EventState } from './event.js';

type Seats = Pick<EventState, 'max_attendees' | 'booked_seats'>;

/** How many more can be booked; null where there is no limit. */
export const seatsLeft = ({ max_attendees, booked_seats }: Seats): number | null =>
  max_attendees === null ? null : max_attendees - booked_seats;

/**
 * Whether seats can be had as far as status, capacity and waitlist go: while somebody waits, what is free is theirs.
 * Whether it has begun is for the clock to say.
 */
export const isAvailable = (event: Seats & Pick<EventState, 'status' | 'waitlist_length'>): boolean =>
  event.status === 'scheduled' && event.waitlist_length === 0 && seatsLeft(event) !== 0;

/** The event as it is told to the world: over REST, in the log and in every message. */
export const toResource = ({ seats_version: _, ...state }: EventState): EventResource => ({
  ...state,
  start_time: state.start_time.toISOString(),
  end_time: state.end_time.toISOString(),
  created_at: state.created_at.toISOString(),
  updated_at: state.updated_at.toISOString(),
  seats_left: seatsLeft(state),
});

/** The state that a resource was made from, but for the count of seat changes, which is not told. */
export const fromResource = ({ seats_left: _, ...resource }: EventResource): EventState => ({
  ...resource,
  seats_version: 0,
  start_time: new Date(resource.start_time),
  end_time: new Date(resource.end_time),
  created_at: new Date(resource.created_at),
  updated_at: new Date(resource.updated_at),
});
