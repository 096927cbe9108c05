import type { NotificationType } from '#contracts';
import type { TemplateContents } from '../template.js';
import type { BookingType, EventType, Saying, Wording } from './wording.js';

/** What a mail lists below its sentence. */
type Row = 'when' | 'begin' | 'where' | 'seats';

interface Shape {
  rows: readonly Row[];
  /** Whether there is anything left to look at. */
  button: boolean;
  /** Whether whoever booked is shown what to show at the door. */
  code?: true;
}

/** A mail asks for no more than can be found out: of an event that is gone, nothing can be fetched any more. */
const SHAPES: Record<NotificationType, Shape> = {
  'event.created': { rows: ['when', 'where'], button: true },
  'event.updated': { rows: ['when', 'where'], button: true },
  'event.deleted': { rows: ['when'], button: false },
  'event.canceled': { rows: ['when', 'where'], button: true },
  'event.completed': { rows: [], button: true },
  'event.reminder': { rows: ['when', 'where'], button: true },
  'booking.confirmed': { rows: ['when', 'where', 'seats'], button: true, code: true },
  'booking.waitlisted': { rows: ['when', 'where', 'seats'], button: true },
  'booking.promoted': { rows: ['when', 'where', 'seats'], button: true, code: true },
  'booking.canceled': { rows: ['begin', 'seats'], button: false },
  'booking.checked_in': { rows: [], button: true },
  'workflow.message': { rows: [], button: false },
};

const isBooking = (type: NotificationType): type is BookingType => type.startsWith('booking.');

/** What a notification says, to whichever of its readers. */
export function sayingOf(type: NotificationType, wording: Wording): Saying {
  if (!isBooking(type)) return wording.events[type satisfies EventType];
  const { own, organizer } = wording.bookings[type];
  const either = (part: keyof Saying): string =>
    own[part] === organizer[part] ? own[part] : `{{#if reader.booked}}${own[part]}{{else}}${organizer[part]}{{/if}}`;
  return { subject: either('subject'), headline: either('headline'), lead: either('lead') };
}

/** The e-mail of a type in one language. */
export function mailOf(type: NotificationType, wording: Wording): TemplateContents['email'] {
  const saying = sayingOf(type, wording);
  const shape = SHAPES[type];
  return { subject: saying.subject, mjml: mjmlOf(saying, shape, wording), text: textOf(saying, shape, wording) };
}

function mjmlOf({ headline, lead }: Saying, { rows, code, button }: Shape, wording: Wording): string {
  const { greeting, labels, reason, unsubscribe } = wording;
  const row = (label: string, value: string): string =>
    `<mj-text><span class="label">${label}</span><br />${value}</mj-text>`;
  return [
    `<mj-text mj-class="headline">${headline}</mj-text>`,
    `<mj-text>${greeting}</mj-text>`,
    `<mj-text css-class="prose">${lead}</mj-text>`,
    ...rows.map((name) =>
      row(labelOf(name, wording), valueOf(name, wording, ['<br /><span class="label">', '</span>'])),
    ),
    ...(code === true
      ? [
          `<mj-raw>${IF_BOOKED}</mj-raw>`,
          row(labels.code, '<span class="code">{{booking.code}}</span>'),
          '<mj-raw>{{/if}}</mj-raw>',
        ]
      : []),
    ...(button ? [`<mj-button href="{{links.event}}">${wording.button}</mj-button>`] : []),
    '<mj-divider />',
    `<mj-text mj-class="small">${reason} <a href="{{links.unsubscribe}}">${unsubscribe}</a></mj-text>`,
  ].join('\n');
}

function textOf({ headline, lead }: Saying, { rows, code, button }: Shape, wording: Wording): string {
  const { greeting, labels, reason, unsubscribe } = wording;
  return [
    headline,
    greeting,
    lead,
    rows.map((name) => `${labelOf(name, wording)}: ${valueOf(name, wording, ['\n', ''])}`).join('\n'),
    code === true ? `${IF_BOOKED}${labels.code}: {{booking.code}}{{/if}}` : '',
    button ? `${wording.button}: {{links.event}}` : '',
    `-- \n${reason}\n${unsubscribe}: {{links.unsubscribe}}`,
  ]
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}

const IF_BOOKED = '{{#if reader.booked}}';

const VALUES: Record<Row, string> = {
  when: '{{when event.start_time event.end_time}} ({{zone event.start_time}})',
  begin: '{{date event.start_time}}, {{time event.start_time}} ({{zone event.start_time}})',
  where: '{{event.location}}',
  seats: '{{number booking.seats}}',
};

const labelOf = (row: Row, { labels }: Wording): string => labels[row === 'begin' ? 'when' : row];

/** Times are followed, within what is given, by those of the clocks there, for readers whose own show something else. */
function valueOf(row: Row, { localTime }: Wording, [before, after]: readonly [string, string]): string {
  if (row !== 'when') return VALUES[row];
  const there = `${localTime} {{when event.start_time event.end_time in=event.timezone}}`;
  return `${VALUES.when}{{#if (elsewhere event.timezone event.start_time)}}${before}${there}${after}{{/if}}`;
}
