import ICAL from 'ical.js';
import nodeIcal, { type VEvent } from 'node-ical';

/** What a reader makes of an event in a calendar. */
export interface ReadEvent {
  uid: string;
  start: Date;
  end: Date;
  summary: string;
  description: string;
  location: string;
}

/** As ical.js reads it: times by the `VTIMEZONE` of the calendar, and nothing else. */
export function readByIcalJs(text: string): ReadEvent[] {
  return componentsOf(text).map((component) => {
    const { uid, startDate, endDate, summary, description, location } = new ICAL.Event(component);
    const at = (time: ICAL.Time): Date => new Date(time.toUnixTime() * 1_000);
    return { uid, start: at(startDate), end: at(endDate), summary, description, location };
  });
}

/** The `VEVENT`s of a calendar, whose time zones are known to ical.js from now on, and no others. */
export function componentsOf(text: string): ICAL.Component[] {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents('vevent');
}

/** As node-ical reads it: times by the platform's time zone data where it knows the zone's name. */
export function readByNodeIcal(text: string): ReadEvent[] {
  const found = Object.values(nodeIcal.sync.parseICS(text)).filter((one): one is VEvent => one?.type === 'VEVENT');
  return found.map(({ uid, start, end, summary, description = '', location }) => ({
    uid,
    start: new Date(start),
    end: new Date(end ?? Number.NaN),
    summary: summary as string,
    description: description as string,
    location: location as string,
  }));
}
