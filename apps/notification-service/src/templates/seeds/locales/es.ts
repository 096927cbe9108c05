import type { Wording } from '../wording.js';

const seats = '{{plural booking.seats one="1 plaza" other="# plazas"}}';

export const es: Wording = {
  greeting: 'Hola, {{reader.name}}:',
  labels: { when: 'Cuándo', where: 'Dónde', seats: 'Plazas', code: 'Tu código de reserva' },
  localTime: 'Hora local del evento:',
  button: 'Ver el evento',
  reason: 'Recibes este mensaje por tus preferencias de notificación en Usher.',
  unsubscribe: 'Darse de baja',
  events: {
    'event.created': {
      subject: 'Nuevo evento: {{event.title}}',
      headline: 'Un nuevo evento',
      lead: 'Se acaba de anunciar «{{event.title}}».',
    },
    'event.updated': {
      subject: 'Cambios en {{event.title}}',
      headline: 'Un evento ha cambiado',
      lead: 'Han cambiado los detalles de «{{event.title}}». Comprueba si te sigue viniendo bien.',
    },
    'event.deleted': {
      subject: 'Eliminado: {{event.title}}',
      headline: 'Se ha eliminado un evento',
      lead: '«{{event.title}}» se ha eliminado y no se celebrará.',
    },
    'event.canceled': {
      subject: 'Cancelado: {{event.title}}',
      headline: 'Este evento se ha cancelado',
      lead: 'Lo sentimos: «{{event.title}}» se ha cancelado y no se celebrará como estaba previsto.',
    },
    'event.completed': {
      subject: '{{event.title}} ha terminado',
      headline: 'Esto ha sido todo',
      lead: '«{{event.title}}» ha terminado. Esperamos que lo hayas disfrutado.',
    },
    'event.reminder': {
      subject: 'Muy pronto: {{event.title}}',
      headline: 'Ya falta poco',
      lead: '«{{event.title}}» empieza el {{date event.start_time}}. Hora de inicio: {{time event.start_time}}.',
    },
    'workflow.message': { subject: '{{event.title}}', headline: '{{event.title}}', lead: '{{message}}' },
  },
  bookings: {
    'booking.confirmed': {
      own: {
        subject: 'Reserva confirmada: {{event.title}}',
        headline: 'Tu reserva está confirmada',
        lead: `Te hemos reservado ${seats} en «{{event.title}}». ¡Te esperamos!`,
      },
      organizer: {
        subject: 'Nueva reserva: {{event.title}}',
        headline: 'Tienes una nueva reserva',
        lead: `Alguien ha reservado ${seats} en «{{event.title}}».`,
      },
    },
    'booking.waitlisted': {
      own: {
        subject: 'Estás en la lista de espera: {{event.title}}',
        headline: 'Estás en la lista de espera',
        lead: `«{{event.title}}» está completo por ahora. Esperas ${seats}; te avisaremos en cuanto haya sitio.`,
      },
      organizer: {
        subject: 'Nueva persona en la lista de espera: {{event.title}}',
        headline: 'Tu lista de espera crece',
        lead: `Alguien espera ${seats} en «{{event.title}}».`,
      },
    },
    'booking.promoted': {
      own: {
        subject: 'Buenas noticias: hay sitio para ti en {{event.title}}',
        headline: '¡Hay sitio para ti!',
        lead: `Al final hay sitio en «{{event.title}}»: tienes ${seats} y tu reserva está confirmada.`,
      },
      organizer: {
        subject: 'De la lista de espera a la sala: {{event.title}}',
        headline: 'Alguien ha salido de la lista de espera',
        lead: `Alguien de la lista de espera ha conseguido ${seats} en «{{event.title}}».`,
      },
    },
    'booking.canceled': {
      own: {
        subject: 'Reserva cancelada: {{event.title}}',
        headline: 'Tu reserva se ha cancelado',
        lead: `Tu reserva de ${seats} en «{{event.title}}» se ha cancelado.`,
      },
      organizer: {
        subject: 'Se ha cancelado una reserva: {{event.title}}',
        headline: 'Se ha cancelado una reserva',
        lead: `Se ha cancelado una reserva de ${seats} en «{{event.title}}».`,
      },
    },
    'booking.checked_in': {
      own: {
        subject: 'Te damos la bienvenida a {{event.title}}',
        headline: '¡Te damos la bienvenida!',
        lead: 'Ya has entrado en «{{event.title}}». ¡Que lo disfrutes!',
      },
      organizer: {
        subject: 'Ha llegado un invitado: {{event.title}}',
        headline: 'Ha llegado un invitado',
        lead: `Se ha registrado la entrada de una reserva de ${seats} en «{{event.title}}».`,
      },
    },
  },
};
