import type { Wording } from '../wording.js';

const seats = '{{plural booking.seats one="einen Platz" other="# Plätze"}}';

export const de: Wording = {
  greeting: 'Hallo {{reader.name}},',
  labels: { when: 'Wann', where: 'Wo', seats: 'Plätze', code: 'Ihr Buchungscode' },
  localTime: 'Ortszeit:',
  button: 'Veranstaltung ansehen',
  reason: 'Sie erhalten diese Nachricht aufgrund Ihrer Benachrichtigungseinstellungen bei Usher.',
  unsubscribe: 'Abbestellen',
  events: {
    'event.created': {
      subject: 'Neue Veranstaltung: {{event.title}}',
      headline: 'Eine neue Veranstaltung',
      lead: 'Soeben wurde „{{event.title}}“ angekündigt.',
    },
    'event.updated': {
      subject: 'Geändert: {{event.title}}',
      headline: 'Eine Veranstaltung hat sich geändert',
      lead: 'Bei „{{event.title}}“ hat sich etwas geändert. Bitte prüfen Sie, ob es für Sie noch passt.',
    },
    'event.deleted': {
      subject: 'Entfernt: {{event.title}}',
      headline: 'Eine Veranstaltung wurde entfernt',
      lead: '„{{event.title}}“ wurde entfernt und findet nicht statt.',
    },
    'event.canceled': {
      subject: 'Abgesagt: {{event.title}}',
      headline: 'Diese Veranstaltung wurde abgesagt',
      lead: 'Leider wurde „{{event.title}}“ abgesagt und findet nicht wie geplant statt.',
    },
    'event.completed': {
      subject: '{{event.title}} ist zu Ende',
      headline: 'Das war’s',
      lead: '„{{event.title}}“ ist zu Ende. Wir hoffen, es hat Ihnen gefallen.',
    },
    'event.reminder': {
      subject: 'Bald ist es so weit: {{event.title}}',
      headline: 'Bald geht es los',
      lead: '„{{event.title}}“ beginnt am {{date event.start_time}} um {{time event.start_time}} Uhr.',
    },
    'workflow.message': { subject: '{{event.title}}', headline: '{{event.title}}', lead: '{{message}}' },
  },
  bookings: {
    'booking.confirmed': {
      own: {
        subject: 'Buchung bestätigt: {{event.title}}',
        headline: 'Ihre Buchung ist bestätigt',
        lead: `Wir haben ${seats} bei „{{event.title}}“ für Sie reserviert. Bis dann!`,
      },
      organizer: {
        subject: 'Neue Buchung: {{event.title}}',
        headline: 'Sie haben eine neue Buchung',
        lead: `Jemand hat ${seats} bei „{{event.title}}“ gebucht.`,
      },
    },
    'booking.waitlisted': {
      own: {
        subject: 'Sie stehen auf der Warteliste: {{event.title}}',
        headline: 'Sie stehen auf der Warteliste',
        lead: `„{{event.title}}“ ist derzeit ausgebucht. Sie warten auf ${seats}; sobald etwas frei wird, sagen wir Ihnen Bescheid.`,
      },
      organizer: {
        subject: 'Neu auf der Warteliste: {{event.title}}',
        headline: 'Ihre Warteliste wächst',
        lead: `Jemand wartet auf ${seats} bei „{{event.title}}“.`,
      },
    },
    'booking.promoted': {
      own: {
        subject: 'Gute Nachricht: Sie sind dabei – {{event.title}}',
        headline: 'Sie sind dabei!',
        lead: `Bei „{{event.title}}“ ist etwas frei geworden: Sie haben ${seats}, und Ihre Buchung ist bestätigt.`,
      },
      organizer: {
        subject: 'Von der Warteliste nachgerückt: {{event.title}}',
        headline: 'Jemand ist nachgerückt',
        lead: `Jemand hat über die Warteliste ${seats} bei „{{event.title}}“ bekommen.`,
      },
    },
    'booking.canceled': {
      own: {
        subject: 'Buchung storniert: {{event.title}}',
        headline: 'Ihre Buchung wurde storniert',
        lead: 'Ihre Buchung für „{{event.title}}“ ({{plural booking.seats one="1 Platz" other="# Plätze"}}) wurde storniert.',
      },
      organizer: {
        subject: 'Eine Buchung wurde storniert: {{event.title}}',
        headline: 'Eine Buchung wurde storniert',
        lead: 'Eine Buchung für „{{event.title}}“ ({{plural booking.seats one="1 Platz" other="# Plätze"}}) wurde storniert.',
      },
    },
    'booking.checked_in': {
      own: {
        subject: 'Willkommen bei {{event.title}}',
        headline: 'Willkommen!',
        lead: 'Sie sind bei „{{event.title}}“ eingecheckt. Viel Vergnügen!',
      },
      organizer: {
        subject: 'Ein Gast ist da: {{event.title}}',
        headline: 'Ein Gast ist da',
        lead: 'Eine Buchung für „{{event.title}}“ ({{plural booking.seats one="1 Platz" other="# Plätze"}}) wurde eingecheckt.',
      },
    },
  },
};
