import type { ApiDescription } from '#http';

export const API: ApiDescription = {
  title: 'Usher notification-service',
  description: [
    'What people are told: live, and afterwards in their history.',
    '',
    'Send an access token of event-service as `Authorization: Bearer …`. Live notifications come over Socket.IO at',
    '`/socket.io`, described at `GET /asyncapi`, or as Server-Sent Events. Errors are problem documents (RFC 9457);',
    '`GET /problems` explains every code. Lists are paged by `limit` and `cursor`.',
  ].join('\n'),
  version: '1.0.0',
  tags: {
    Notifications: 'What the caller has been told, and what of it they have read',
    Following: 'Whose changes the caller wants to hear of',
    Preferences: 'How the caller wants to be told',
    Devices: 'Where the caller can be pushed to',
    Live: 'Notifications as they happen',
    Subscriptions: 'What is delivered to whom',
    Deliveries: 'What became of it: every attempt',
    'Dead letters': 'What was given up: to be looked at, tried again, or let go of',
    Replays: 'What has been published, delivered once more',
    Bus: 'Events of everybody: publishing them, and reading what has been published',
    Forwarders: 'Systems outside that events are sent to in their own form',
    Workflows: 'Rules on events: what is to happen when something has happened, and every run of them',
    Schemas: 'What the data of events must be like, by type and version',
    Templates: 'What messages say, by type, channel and locale, in every version',
    Operations: 'Health and metrics',
  },
};
