import type { Wording } from '../wording.js';

const seats = '{{plural booking.seats one="1 seat" other="# seats"}}';

export const en: Wording = {
  greeting: 'Hello {{reader.name}},',
  labels: { when: 'When', where: 'Where', seats: 'Seats', code: 'Your booking code' },
  localTime: 'Local time there:',
  button: 'View event',
  reason: 'You are receiving this because of your notification settings on Usher.',
  unsubscribe: 'Unsubscribe',
  events: {
    'event.created': {
      subject: 'New event: {{event.title}}',
      headline: 'A new event',
      lead: '“{{event.title}}” has just been announced.',
    },
    'event.updated': {
      subject: 'Changed: {{event.title}}',
      headline: 'An event has changed',
      lead: 'The details of “{{event.title}}” have changed. Please check whether it still suits you.',
    },
    'event.deleted': {
      subject: 'Removed: {{event.title}}',
      headline: 'An event has been removed',
      lead: '“{{event.title}}” has been removed and will not take place.',
    },
    'event.canceled': {
      subject: 'Canceled: {{event.title}}',
      headline: 'This event has been canceled',
      lead: 'We are sorry: “{{event.title}}” has been canceled and will not take place as planned.',
    },
    'event.completed': {
      subject: '{{event.title}} has ended',
      headline: 'That was it',
      lead: '“{{event.title}}” has ended. We hope it was a good one.',
    },
    'event.reminder': {
      subject: 'Coming up: {{event.title}}',
      headline: 'It is almost time',
      lead: '“{{event.title}}” begins on {{date event.start_time}} at {{time event.start_time}}.',
    },
    'workflow.message': { subject: '{{event.title}}', headline: '{{event.title}}', lead: '{{message}}' },
  },
  bookings: {
    'booking.confirmed': {
      own: {
        subject: 'Booking confirmed: {{event.title}}',
        headline: 'Your booking is confirmed',
        lead: `We have reserved ${seats} for you at “{{event.title}}”. See you there!`,
      },
      organizer: {
        subject: 'New booking: {{event.title}}',
        headline: 'You have a new booking',
        lead: `Someone has booked ${seats} at “{{event.title}}”.`,
      },
    },
    'booking.waitlisted': {
      own: {
        subject: 'You are on the waitlist: {{event.title}}',
        headline: 'You are on the waitlist',
        lead: `“{{event.title}}” is fully booked at the moment. You are waiting for ${seats}; we will let you know as soon as there is room.`,
      },
      organizer: {
        subject: 'New on the waitlist: {{event.title}}',
        headline: 'Your waitlist is growing',
        lead: `Someone is waiting for ${seats} at “{{event.title}}”.`,
      },
    },
    'booking.promoted': {
      own: {
        subject: 'Good news: you have a place at {{event.title}}',
        headline: 'You are in!',
        lead: `There is room at “{{event.title}}” after all: ${seats} {{plural booking.seats one="is" other="are"}} yours, and your booking is confirmed.`,
      },
      organizer: {
        subject: 'Moved up from the waitlist: {{event.title}}',
        headline: 'Someone has moved up',
        lead: `${seats} at “{{event.title}}” {{plural booking.seats one="has" other="have"}} gone to someone from the waitlist.`,
      },
    },
    'booking.canceled': {
      own: {
        subject: 'Booking canceled: {{event.title}}',
        headline: 'Your booking has been canceled',
        lead: `Your booking of ${seats} at “{{event.title}}” has been canceled.`,
      },
      organizer: {
        subject: 'A booking has been canceled: {{event.title}}',
        headline: 'A booking has been canceled',
        lead: `A booking of ${seats} at “{{event.title}}” has been canceled.`,
      },
    },
    'booking.checked_in': {
      own: {
        subject: 'Welcome to {{event.title}}',
        headline: 'Welcome!',
        lead: 'You are checked in at “{{event.title}}”. Enjoy!',
      },
      organizer: {
        subject: 'A guest has arrived: {{event.title}}',
        headline: 'A guest has arrived',
        lead: `A booking of ${seats} at “{{event.title}}” has been checked in.`,
      },
    },
  },
};
