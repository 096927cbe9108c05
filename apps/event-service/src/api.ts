import type { ApiDescription } from '#http';

export const API: ApiDescription = {
  title: 'Usher event-service',
  description: [
    'Accounts, and the events that people organise.',
    '',
    'Sign in at `POST /v1/auth/login` and send the access token as `Authorization: Bearer …`. Errors are problem',
    'documents (RFC 9457); `GET /problems` explains every code. Lists are paged by `limit` and `cursor`. Single resources',
    'carry an `ETag`: send it back as `If-Match` to change only what you have seen. POSTs take an `Idempotency-Key`.',
  ].join('\n'),
  version: '1.0.0',
  tags: {
    Accounts: 'Registering, signing in, and one’s own profile',
    'Service clients': 'Programs that call by themselves, and their tokens',
    Events: 'What people organise and others follow',
    Attendees: 'Who comes: with an account or without',
    Contacts: 'How services reach people',
    Bookings: 'Seats at events: booking, waiting, canceling, checking in',
    Partner: 'The partner system, through a gateway',
    Operations: 'Health and metrics',
  },
};
