import type { Wording } from '../wording.js';

const seats = '{{plural booking.seats one="1 lugar" other="# lugares"}}';

export const pt: Wording = {
  greeting: 'Olá, {{reader.name}},',
  labels: { when: 'Quando', where: 'Onde', seats: 'Lugares', code: 'O seu código de reserva' },
  localTime: 'Hora local do evento:',
  button: 'Ver o evento',
  reason: 'Recebe esta mensagem de acordo com as suas preferências de notificação no Usher.',
  unsubscribe: 'Cancelar a subscrição',
  events: {
    'event.created': {
      subject: 'Novo evento: {{event.title}}',
      headline: 'Um novo evento',
      lead: '“{{event.title}}” acaba de ser anunciado.',
    },
    'event.updated': {
      subject: 'Alterações em {{event.title}}',
      headline: 'Um evento mudou',
      lead: 'Os detalhes de “{{event.title}}” mudaram. Verifique se continua a ser conveniente para si.',
    },
    'event.deleted': {
      subject: 'Removido: {{event.title}}',
      headline: 'Um evento foi removido',
      lead: '“{{event.title}}” foi removido e não se vai realizar.',
    },
    'event.canceled': {
      subject: 'Cancelado: {{event.title}}',
      headline: 'Este evento foi cancelado',
      lead: 'Lamentamos: “{{event.title}}” foi cancelado e não se vai realizar como previsto.',
    },
    'event.completed': {
      subject: '{{event.title}} chegou ao fim',
      headline: 'Foi tudo',
      lead: '“{{event.title}}” chegou ao fim. Esperamos que tenha gostado.',
    },
    'event.reminder': {
      subject: 'Em breve: {{event.title}}',
      headline: 'Está quase na hora',
      lead: '“{{event.title}}” começa a {{date event.start_time}}, às {{time event.start_time}}.',
    },
    'workflow.message': { subject: '{{event.title}}', headline: '{{event.title}}', lead: '{{message}}' },
  },
  bookings: {
    'booking.confirmed': {
      own: {
        subject: 'Reserva confirmada: {{event.title}}',
        headline: 'A sua reserva está confirmada',
        lead: `Reservámos ${seats} para si em “{{event.title}}”. Até lá!`,
      },
      organizer: {
        subject: 'Nova reserva: {{event.title}}',
        headline: 'Tem uma nova reserva',
        lead: `Alguém reservou ${seats} em “{{event.title}}”.`,
      },
    },
    'booking.waitlisted': {
      own: {
        subject: 'Está na lista de espera: {{event.title}}',
        headline: 'Está na lista de espera',
        lead: `“{{event.title}}” está esgotado de momento. Aguarda ${seats}; avisamos assim que houver vaga.`,
      },
      organizer: {
        subject: 'Mais alguém na lista de espera: {{event.title}}',
        headline: 'A sua lista de espera está a crescer',
        lead: `Alguém aguarda ${seats} em “{{event.title}}”.`,
      },
    },
    'booking.promoted': {
      own: {
        subject: 'Boas notícias: tem lugar em {{event.title}}',
        headline: 'Tem lugar!',
        lead: `Afinal há vaga em “{{event.title}}”: tem ${seats} e a sua reserva está confirmada.`,
      },
      organizer: {
        subject: 'Saiu da lista de espera: {{event.title}}',
        headline: 'Alguém saiu da lista de espera',
        lead: `Alguém da lista de espera obteve ${seats} em “{{event.title}}”.`,
      },
    },
    'booking.canceled': {
      own: {
        subject: 'Reserva cancelada: {{event.title}}',
        headline: 'A sua reserva foi cancelada',
        lead: `A sua reserva de ${seats} em “{{event.title}}” foi cancelada.`,
      },
      organizer: {
        subject: 'Uma reserva foi cancelada: {{event.title}}',
        headline: 'Uma reserva foi cancelada',
        lead: `Uma reserva de ${seats} em “{{event.title}}” foi cancelada.`,
      },
    },
    'booking.checked_in': {
      own: {
        subject: 'Boas-vindas a {{event.title}}',
        headline: 'Boas-vindas!',
        lead: 'A sua entrada em “{{event.title}}” está registada. Divirta-se!',
      },
      organizer: {
        subject: 'Chegou um convidado: {{event.title}}',
        headline: 'Chegou um convidado',
        lead: `Foi registada a entrada de uma reserva de ${seats} em “{{event.title}}”.`,
      },
    },
  },
};
