import { describe, expect, it } from '@jest/globals';
import { DiagnosticSeverity, Parser } from '@asyncapi/parser';
import { clientMessageSchemas, EVENT_TYPES } from '#contracts';
import { buildAsyncApi } from './asyncapi.js';
import { busMessages, socketMessages, streamMessages } from './messages.js';

const document = buildAsyncApi('http://localhost:3001');

describe('the AsyncAPI document', () => {
  it('is valid, without an error or a warning', async () => {
    const { diagnostics } = await new Parser().parse(JSON.stringify(document));
    const notable: number[] = [DiagnosticSeverity.Error, DiagnosticSeverity.Warning];
    expect(diagnostics.filter(({ severity }) => notable.includes(severity))).toEqual([]);
  });

  it('has an acknowledged operation for each message of a client', () => {
    for (const name of Object.keys(clientMessageSchemas))
      expect(document.operations[`receive.${name}`]).toMatchObject({
        action: 'receive',
        messages: [{ $ref: `#/channels/sockets/messages/${name}` }],
        reply: { messages: [{ $ref: '#/channels/sockets/messages/acknowledgement' }] },
      });
  });

  it('gives a notification as the two arguments of its Socket.IO event', () => {
    expect(document.components.schemas['notification']).toMatchObject({
      items: [{ $ref: '#/components/schemas/Notification' }, { $ref: '#/components/schemas/NotificationMeta' }],
    });
  });

  it('has a message for each version of each type on the bus, in an envelope that names both', () => {
    const versions = Object.entries(EVENT_TYPES).flatMap(([type, schemas]) =>
      schemas.map((_, index) => ({ type, version: index + 1 })),
    );
    expect(Object.keys(document.channels['events']!.messages)).toEqual(
      versions.map(({ type, version }) => `${type}.v${version}`),
    );
    for (const { type, version } of versions)
      expect(document.components.schemas[`${type}.v${version}`]).toMatchObject({
        properties: {
          type: { const: type },
          dataschema: { const: `/v1/schemas/${type}/versions/${version}` },
        },
      });
  });

  it('gives examples that fit their schemas: of everything on the bus, and of notifications', () => {
    const messages = { ...busMessages, ...socketMessages, ...streamMessages };
    const withExamples = Object.keys(messages).filter((id) => messages[id]!.examples !== undefined);
    expect(withExamples).toEqual([...Object.keys(busMessages), 'notification', 'stream.notification']);
    for (const { examples = [], payload, headers } of Object.values(messages))
      for (const example of examples) {
        expect(payload!.parse(example.payload)).toEqual(example.payload);
        if (example.headers !== undefined) headers!.parse(example.headers);
      }
  });

  it.each([
    ['https://usher.example', 'wss', 'https', 'usher.example'],
    ['http://localhost:3001', 'ws', 'http', 'localhost:3001'],
  ])('says of %s how to connect to it', (publicUrl, sockets, http, host) => {
    expect(buildAsyncApi(publicUrl).servers).toMatchObject({
      sockets: { protocol: sockets, host },
      http: { protocol: http, host },
    });
  });
});
