import type { SendMailOptions } from 'nodemailer';
import type { Messages } from '../../templates/template.js';

/** An e-mail to one person. */
export interface Email {
  /** The delivery’s id. */
  id: string;
  /** An address, perhaps with a name before it. */
  from: string;
  /** An address alone. */
  to: string;
  message: Messages['email'];
  /** So that its reader can have no more of its kind. */
  unsubscribe: Readonly<Record<string, string>>;
  /** An iCalendar object. */
  calendar: string | undefined;
}

/**
 * As it is handed to nodemailer. The Message-ID is the same at every attempt, so that whoever gets one twice can tell; and
 * nobody’s out-of-office answers it (RFC 3834).
 */
export const toSend = ({ id, from, to, message, unsubscribe, calendar }: Email): SendMailOptions => ({
  messageId: messageIdOf(id, from),
  from,
  // Never read as a list of several.
  to: { name: '', address: to },
  subject: message.subject,
  text: message.text,
  html: message.html,
  headers: { ...unsubscribe, 'Auto-Submitted': 'auto-generated' },
  attachments:
    calendar === undefined
      ? []
      : [{ filename: 'event.ics', content: calendar, contentType: 'text/calendar; charset=utf-8' }],
  disableFileAccess: true,
  disableUrlAccess: true,
});

/** Below the domain that it is from. */
export const messageIdOf = (id: string, from: string): string => `<${id}@${/@([^@>]+)>?$/.exec(from)?.[1] ?? 'usher'}>`;

/**
 * The calendar of an event for somebody who is not going after all: the same entry, which calendars then strike out. A line
 * that goes on begins with a space (RFC 5545, section 3.1), so that no other text can be taken for the property.
 */
export const struckOut = (calendar: string): string =>
  calendar.replaceAll(/^STATUS:.*$/gm, 'STATUS:CANCELLED').replaceAll(/^TRANSP:.*$/gm, 'TRANSP:TRANSPARENT');
