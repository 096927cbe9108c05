import ical, { ICalEvent, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import { DateTime } from 'luxon';
import type { EventResource } from '#contracts';
import { CalendarZone } from './calendar-zone.js';
import { fold } from './fold.js';

/** How often who subscribes to a calendar should look for news. */
const REFRESH_S = 3_600;

const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59);

const END = 'END:VCALENDAR';

/** A calendar must hold something (RFC 5545, section 3.6), and this is always true. */
const UTC = [
  'BEGIN:VTIMEZONE',
  'TZID:UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'END:STANDARD',
  'END:VTIMEZONE',
  '',
].join('\r\n');

/** One event as a calendar of its own. `publicUrl` is where events are found. */
export function calendarOf(event: EventResource, publicUrl: string): string {
  const calendar = new CalendarWriter(publicUrl);
  return calendar.begin() + calendar.event(event) + calendar.end();
}

/**
 * Writes events as one iCalendar object (RFC 5545), piece by piece, so that a long one need not be held in memory. The
 * same events always make the same text. There is no `METHOD`: this is a snapshot, and nobody's invitation.
 */
export class CalendarWriter {
  private readonly zones = new Set<CalendarZone>();
  private isEmpty = true;

  /** A calendar with a `name` is one to subscribe to. */
  constructor(
    private readonly publicUrl: string,
    private readonly name?: string,
  ) {}

  begin(): string {
    const head = ical({
      prodId: { company: 'Usher', product: 'event-service' },
      scale: 'GREGORIAN',
      ...(this.name === undefined ? {} : { name: this.name, ttl: REFRESH_S }),
    });
    return head.toString().replace(END, '');
  }

  /** One event, and before it the definition of its time zone where none has needed that yet. */
  event(event: EventResource): string {
    this.isEmpty = false;
    const times = timesOf(event);
    const zone = CalendarZone.forInstants(event.timezone, times);
    const isNew = zone !== undefined && !this.zones.has(zone);
    if (isNew) this.zones.add(zone);
    return (isNew ? zone.definition : '') + fold(this.component(event, times, zone).toString());
  }

  end(): string {
    return `${this.isEmpty ? UTC : ''}${END}\r\n`;
  }

  private component(event: EventResource, [start, end]: Times, zone: CalendarZone | undefined): ICalEvent {
    const canceled = event.status === 'canceled';
    const data = {
      // Not the host of PUBLIC_URL: that may change, and is another one where the same event is mailed from.
      id: `${event.id}@usher`,
      sequence: event.version - 1,
      stamp: event.updated_at,
      created: event.created_at,
      lastModified: event.updated_at,
      start: DateTime.fromMillis(start, ENGLISH),
      end: DateTime.fromMillis(end, ENGLISH),
      timezone: zone?.name ?? null,
      summary: plain(event.title),
      description: plain(event.description),
      location: { title: plain(event.location), ...geoOf(event) },
      categories: event.tags.map((tag) => ({ name: plain(tag) })),
      url: `${this.publicUrl}/v1/events/${event.id}`,
      attachments: event.attachment_url === null ? [] : [asUri(event.attachment_url)],
      status: canceled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      transparency: canceled ? ICalEventTransparency.TRANSPARENT : ICalEventTransparency.OPAQUE,
    };
    return new ICalEvent(data, NO_CALENDAR);
  }
}

/** In milliseconds. */
type Times = readonly [start: number, end: number];

/** ical-generator wants events to belong to a calendar, which sets nothing here. */
const NO_CALENDAR = ical();
/** Some locales write digits of their own. */
const ENGLISH = { zone: 'utc', locale: 'en' };

/** To the second, for iCalendar knows no fractions; the end is rounded up, as it must come after the start. */
function timesOf(event: EventResource): Times {
  const [start, end] = [Date.parse(event.start_time), Date.parse(event.end_time)];
  return [Math.floor(start / 1_000) * 1_000, Math.min(Math.ceil(end / 1_000) * 1_000, LAST_SECOND)];
}

/** Some readers end a line wherever Unicode does, and would take what follows for a property. */
const plain = (text: string): string => text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n');

function geoOf({ coordinates }: EventResource): { geo?: { lat: number; lon: number } } {
  if (coordinates === null) return {};
  const [longitude, latitude] = coordinates.coordinates;
  return { geo: { lat: degrees(latitude), lon: degrees(longitude) } };
}

/** To 11 cm. To ical-generator 0 is no coordinate, so what lies on the equator is moved by that much. */
const degrees = (exact: number): number => Number(exact.toFixed(6)) || 0.000_001;

/** ical-generator escapes URIs as if they were text, which they are not (section 3.3.13): leave nothing to escape. */
const asUri = (url: string): string =>
  new URL(url).href.replaceAll(/[\\,;]/g, (character) => encodeURIComponent(character));
