import { EVENT_TYPES } from '#contracts';
import { EXCHANGES, type QueueName } from '#messaging';
import { buildComponents } from './components.js';
import { type AsyncApiDocument, type Channel, type Operation, type Reference, refTo, type Server } from './document.js';
import {
  acknowledgement,
  busMessages,
  clientMessages,
  type Messages,
  socketMessages,
  streamMessages,
} from './messages.js';

const INTAKE: QueueName = 'notification-service.intake.v1';

/** The AsyncAPI 3.0 document of notification-service; `publicUrl` is how clients reach it. */
export function buildAsyncApi(publicUrl: string): AsyncApiDocument {
  const messages = { ...socketMessages, ...clientMessages, ...acknowledgement, ...streamMessages, ...busMessages };
  return {
    asyncapi: '3.0.0',
    id: 'urn:usher:notification-service',
    info: {
      title: 'Usher: notification-service',
      version: '1.0.0',
      description:
        'What notification-service says and hears besides HTTP requests: live notifications over Socket.IO and over ' +
        'Server-Sent Events, and the events it takes from the broker. Operations are told from its point of view.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: servers(publicUrl),
    channels,
    operations,
    components: {
      ...buildComponents(messages),
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of event-service: over Socket.IO in `auth.token` of the handshake.',
        },
        brokerUser: { type: 'userPassword', description: 'A user of the broker, by SASL PLAIN.' },
      },
    },
  };
}

function servers(publicUrl: string): Record<string, Server> {
  const { host, protocol } = new URL(publicUrl);
  const tls = protocol === 'https:' ? 's' : '';
  const security = [refTo('components', 'securitySchemes', 'accessToken')];
  return {
    sockets: {
      host,
      pathname: '/socket.io/',
      protocol: `ws${tls}`,
      description: 'Socket.IO 4 (protocol revision 5 over Engine.IO 4); long polling works as well.',
      security,
    },
    http: { host, protocol: `http${tls}`, description: 'Server-Sent Events.', security },
    broker: {
      host: '{broker}',
      protocol: 'amqp',
      protocolVersion: '0.9.1',
      description: 'RabbitMQ, inside the system only.',
      variables: { broker: { default: 'localhost:5672', description: 'Host and port of the broker' } },
      security: [refTo('components', 'securitySchemes', 'brokerUser')],
    },
  };
}

const channels: Record<string, Channel> = {
  sockets: {
    address: '/',
    title: 'Socket.IO',
    description:
      'The default namespace. The handshake carries `auth.token`, an access token, and optionally `auth.after`, the ' +
      'position to resume from. Whoever is refused gets `connect_error` with `data.code` and `data.detail`. The ' +
      'payload of a message is the argument of the Socket.IO event, or the list of its arguments where it has several.',
    servers: [refTo('servers', 'sockets')],
    messages: componentRefs({ ...socketMessages, ...clientMessages, ...acknowledgement }),
    bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
  },
  stream: {
    address: '/v1/notifications/stream',
    title: 'Server-Sent Events',
    description:
      'The same as the sockets, for clients that only listen. With `Last-Event-ID`, or `?after=` on a first ' +
      'connection, everything missed since that position comes first. `event` and `id` of each are given as headers.',
    servers: [refTo('servers', 'http')],
    messages: componentRefs(streamMessages),
  },
  events: {
    address: '{type}',
    title: 'The bus',
    description:
      `The topic exchange \`${EXCHANGES.events}\`: CloudEvents 1.0 in structured JSON, with the CloudEvents type as ` +
      "routing key. Producers' own types travel here as well, in the same envelope around data of their own.",
    servers: [refTo('servers', 'broker')],
    parameters: { type: { description: 'The CloudEvents type', enum: Object.keys(EVENT_TYPES) } },
    messages: componentRefs(busMessages),
    bindings: {
      amqp: {
        is: 'routingKey',
        exchange: { name: EXCHANGES.events, type: 'topic', durable: true, autoDelete: false, vhost: '/' },
        bindingVersion: '0.3.0',
      },
    },
  },
};

const operations: Record<string, Operation> = {
  ...each('send', socketMessages, {}),
  ...each('receive', clientMessages, {
    reply: { channel: refTo('channels', 'sockets'), messages: channelRefs('sockets', acknowledgement) },
  }),
  stream: {
    action: 'send',
    channel: refTo('channels', 'stream'),
    summary: 'Live notifications as Server-Sent Events.',
    messages: channelRefs('stream', streamMessages),
    bindings: { http: { method: 'GET', bindingVersion: '0.3.0' } },
  },
  intake: {
    action: 'receive',
    channel: refTo('channels', 'events'),
    summary: `Everything that happened, in order, by way of the queue \`${INTAKE}\`; archived, and told to whom it concerns.`,
    messages: channelRefs('events', busMessages),
    bindings: { amqp: { ack: true, bindingVersion: '0.3.0' } },
  },
};

/** One operation on the sockets for each message. */
function each(
  action: Operation['action'],
  messages: Messages,
  more: Pick<Operation, 'reply'>,
): Record<string, Operation> {
  return Object.fromEntries(
    Object.entries(messages).map(([id, { summary }]): [string, Operation] => [
      `${action}.${id}`,
      {
        action,
        channel: refTo('channels', 'sockets'),
        summary,
        messages: channelRefs('sockets', { [id]: null }),
        ...more,
      },
    ]),
  );
}

function componentRefs(messages: Messages): Record<string, Reference> {
  return Object.fromEntries(Object.keys(messages).map((id) => [id, refTo('components', 'messages', id)]));
}

/** An operation's messages are named by way of its channel (AsyncAPI 3.0, "Operation Object"). */
function channelRefs(channel: string, messages: object): Reference[] {
  return Object.keys(messages).map((id) => refTo('channels', channel, 'messages', id));
}
