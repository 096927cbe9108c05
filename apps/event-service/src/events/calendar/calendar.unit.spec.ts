import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type ICAL from 'ical.js';
import { calendarOf, CalendarWriter } from './calendar.js';
import { calendarEvent } from './testing/calendar-event.js';
import { componentsOf, readByIcalJs, readByNodeIcal, type ReadEvent } from './testing/read-calendar.js';

const PUBLIC_URL = 'http://usher.test';

type Members = Parameters<typeof calendarEvent>[0];

const write = (members: Members = {}): string => calendarOf(calendarEvent(members), PUBLIC_URL);
const unfolded = (text: string): string[] => text.replaceAll('\r\n ', '').split('\r\n');
const lineOf = (text: string, name: string): string | undefined =>
  unfolded(text).find((line) => line.startsWith(`${name}:`) || line.startsWith(`${name};`));

describe('an event as a calendar', () => {
  it('says everything there is to say', () => {
    const text = write({
      version: 4,
      updated_at: '2026-11-02T09:30:00.500Z',
      tags: ['jazz', 'late, and loud'],
      attachment_url: 'https://files.example/flyer.pdf',
      coordinates: { type: 'Point', coordinates: [13.4, 52.5] },
    });
    expect(unfolded(text)).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Usher//event-service//EN',
      'CALSCALE:GREGORIAN',
      'BEGIN:VTIMEZONE',
      'TZID:Europe/Berlin',
      'X-LIC-LOCATION:Europe/Berlin',
      expect.stringMatching(/^LAST-MODIFIED:\d{8}T\d{6}Z$/),
      'BEGIN:DAYLIGHT',
      'TZNAME:CEST',
      'TZOFFSETFROM:+0100',
      'TZOFFSETTO:+0200',
      'DTSTART:19700329T020000',
      'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
      'END:DAYLIGHT',
      'BEGIN:STANDARD',
      'TZNAME:CET',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+0100',
      'DTSTART:19701025T030000',
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
      'END:STANDARD',
      'END:VTIMEZONE',
      'BEGIN:VEVENT',
      'UID:65f0c0ffee65f0c0ffee65f0@usher',
      'SEQUENCE:3',
      'DTSTAMP:20261102T093000Z',
      'DTSTART;TZID=Europe/Berlin:20261121T200000',
      'DTEND;TZID=Europe/Berlin:20261121T233000',
      'SUMMARY:Jazz night',
      'TRANSP:OPAQUE',
      'LOCATION:A cellar in Berlin',
      'GEO:52.5;13.4',
      'DESCRIPTION:Two sets.',
      'CATEGORIES:jazz,late\\, and loud',
      'URL;VALUE=URI:http://usher.test/v1/events/65f0c0ffee65f0c0ffee65f0',
      'ATTACH:https://files.example/flyer.pdf',
      'STATUS:CONFIRMED',
      'CREATED:20261101T080000Z',
      'LAST-MODIFIED:20261102T093000Z',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it.each([
    ['scheduled', 'STATUS:CONFIRMED', 'TRANSP:OPAQUE'],
    ['completed', 'STATUS:CONFIRMED', 'TRANSP:OPAQUE'],
    ['canceled', 'STATUS:CANCELLED', 'TRANSP:TRANSPARENT'],
  ] as const)('that is %s', (status, ...lines) => {
    expect(unfolded(write({ status }))).toEqual(expect.arrayContaining(lines));
  });

  it('keeps its UID and counts its versions', () => {
    const of = (version: number) => unfolded(write({ version })).filter((line) => /^(UID|SEQUENCE)/.test(line));
    expect(of(1)).toEqual(['UID:65f0c0ffee65f0c0ffee65f0@usher', 'SEQUENCE:0']);
    expect(of(2)).toEqual(['UID:65f0c0ffee65f0c0ffee65f0@usher', 'SEQUENCE:1']);
  });

  it.each([
    [[0, 0], '0.000001;0.000001'],
    [[-0.0000001, -90], '-90;0.000001'],
    [[-179.123456789, 1e-7], '0.000001;-179.123457'],
  ])('is at %j, latitude first', (coordinates, written) => {
    const text = write({ coordinates: { type: 'Point', coordinates: coordinates as [number, number] } });
    expect(lineOf(text, 'GEO')).toBe(`GEO:${written}`);
  });

  it.each([
    ['https://files.example/a,b;c?d=1,2#e,f', 'https://files.example/a%2Cb%3Bc?d=1%2C2#e%2Cf'],
    ['https://files.example/ä?q=\\n', 'https://files.example/%C3%A4?q=%5Cn'],
  ])('has %s attached', (url, written) => {
    const text = write({ attachment_url: url });
    expect(lineOf(text, 'ATTACH')).toBe(`ATTACH:${written}`);
    expect(componentsOf(text)[0]?.getFirstPropertyValue('attach')).toBe(written);
  });
});

const LINE_BREAK = /\r\n?|[\u2028\u2029]/g;
/** Without what Usher takes from nobody. */
const allowed = (text: string): string => text.replaceAll(/[^\P{Cc}\t\n\r]/gu, '');
const graphemes = fc.string({ unit: 'grapheme' });
/** Text with everything in it that could hurt; never alone, for readers may trim what they read. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(',', ';', ':', '\\', '\\n', '"', '\n', '\r\n', '\r', '\u2028', '\t', '😀', '東'),
      graphemes,
    ),
  )
  .map((parts) => `a${allowed(parts.join(''))}z`);
const longText = fc
  .string({ unit: 'grapheme', minLength: 1_000, maxLength: 1_000 })
  .map((text) => `a${allowed(text)}z`);

describe('text', () => {
  it('comes through any reader as it was, with one kind of line break', () => {
    fc.assert(
      fc.property(anyText, fc.oneof(anyText, longText), anyText, (title, description, location) => {
        const expectRead = (read: (text: string) => ReadEvent[], plain: (text: string) => string): void => {
          const given = { title: plain(title), description: plain(description), location: plain(location) };
          const [summary, ...others] = Object.values(given).map((text) => text.replaceAll(LINE_BREAK, '\n'));
          expect(read(write(given))).toMatchObject([{ summary, description: others[0], location: others[1] }]);
        };
        expectRead(readByIcalJs, (text) => text);
        // node-ical 0.27 takes an n after an escaped backslash for a line break.
        expectRead(readByNodeIcal, (text) => text.replaceAll('\\', '/'));
      }),
    );
  });

  it('adds nothing to the calendar, whatever it says', () => {
    const evil =
      'Jazz\u2028STATUS:TENTATIVE\r\nSTATUS:CANCELLED\nATTENDEE:mailto:eve@evil.test\rEND:VEVENT\r\n X:\r\n\tY';
    const tame = componentsOf(write({ tags: ['x'] }));
    const events = componentsOf(write({ title: evil, description: evil, location: evil, tags: [evil] }));
    const namesOf = (component?: ICAL.Component) => component?.getAllProperties().map(({ name }) => name);
    expect(events).toHaveLength(1);
    expect(namesOf(events[0])).toEqual(namesOf(tame[0]));
    expect(events[0]?.getFirstPropertyValue('categories')).toBe(evil.replaceAll(LINE_BREAK, '\n'));
  });

  it('is folded after at most 75 octets, and never within a character', () => {
    fc.assert(
      fc.property(anyText, fc.nat(200), (description, length) => {
        const text = write({ title: '😀東é,'.repeat(length), description });
        const isRight = (line: string) => Buffer.byteLength(line) <= 75 && line.isWellFormed() && !/[\r\n]/.test(line);
        expect(text.split('\r\n').filter((line) => !isRight(line))).toEqual([]);
        expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
      }),
    );
    expect(write({ title: 'x'.repeat(67) })).toContain(`\r\nSUMMARY:${'x'.repeat(67)}\r\n`);
    expect(write({ title: 'x'.repeat(68) })).toContain(`\r\nSUMMARY:${'x'.repeat(67)}\r\n x\r\n`);
  });
});

describe('a calendar of many events', () => {
  const writeAll = (...events: Members[]): string => {
    const calendar = new CalendarWriter(PUBLIC_URL, 'Usher');
    return calendar.begin() + events.map((members) => calendar.event(calendarEvent(members))).join('') + calendar.end();
  };
  const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(24)) as [string, string, string];

  it('has a name, and defines each zone once, before it is named', () => {
    const text = writeAll({ id: first }, { id: second, timezone: 'Asia/Tokyo' }, { id: third });
    expect(unfolded(text).filter((line) => /^(BEGIN:V|TZID|UID|X-WR-CALNAME|REFRESH)/.test(line))).toEqual([
      'BEGIN:VCALENDAR',
      'X-WR-CALNAME:Usher',
      'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
      'BEGIN:VTIMEZONE',
      'TZID:Europe/Berlin',
      'BEGIN:VEVENT',
      `UID:${first}@usher`,
      'BEGIN:VTIMEZONE',
      'TZID:Asia/Tokyo',
      'BEGIN:VEVENT',
      `UID:${second}@usher`,
      'BEGIN:VEVENT',
      `UID:${third}@usher`,
    ]);
    for (const read of [readByIcalJs, readByNodeIcal])
      expect(read(text).map(({ start }) => start)).toEqual(Array(3).fill(new Date(calendarEvent().start_time)));
  });

  it('is one without any, too', () => {
    const text = writeAll();
    expect(componentsOf(text)).toEqual([]);
    expect(unfolded(text).filter((line) => /^BEGIN:V/.test(line))).toEqual(['BEGIN:VCALENDAR', 'BEGIN:VTIMEZONE']);
  });
});
