import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId, systemClock } from '#kernel';
import { answers, type Answering, hangs, Receiver, resets } from '../../../test/receiver.js';
import type { Shipment } from './channel.js';
import { EventGridChannel } from './event-grid/event-grid.channel.js';
import { EventBridgeChannel } from './eventbridge/eventbridge.channel.js';
import { EventBridgeClients } from './eventbridge/eventbridge-clients.js';
import { type Behaviour, channelSuite } from './testing/channel-suite.js';

const BUS = 'arn:aws:events:us-east-1:111122223333:event-bus/usher';
const ACCESS_KEY = Buffer.from(newId() + newId()).toString('base64');

const anEvent = (): Shipment['envelope'] => ({
  specversion: '1.0',
  id: newId(),
  source: '/shop',
  type: 'com.acme.order.placed',
  time: '2026-11-20T10:00:00.123Z',
  data: { name: 'Zoë ☕' },
});
const shipment = (overrides: Partial<Shipment> = {}): Shipment => ({
  id: newId(),
  envelope: anEvent(),
  sink: BUS,
  secrets: [],
  replayId: null,
  ...overrides,
});

const originOf = ({ port }: Receiver): string => `http://127.0.0.1:${port}`;

/** An answer of EventBridge in its protocol, AWS JSON 1.1. */
const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answering =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers })
      .end(JSON.stringify(body));
const entries = (...results: object[]): Answering =>
  json(200, { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results });
const refusal = (status: number, name: string, headers?: Record<string, string>): Answering =>
  json(status, { __type: name, message: `${BUS}: ${name}` }, headers);

/** What the AWS SDK looks for: the test's own, whatever the machine has. */
const setEnvironment = (settings: NodeJS.ProcessEnv) => jest.replaceProperty(process, 'env', settings);

beforeAll(() => {
  setEnvironment({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG' });
});

afterAll(() => {
  jest.restoreAllMocks();
});

/** Buses of us-east-1 are at the receiver, all others where nobody is. */
function eventBridgeAt(receiver: Receiver) {
  const here = new EventBridgeClients({ EVENTBRIDGE_ENDPOINT: originOf(receiver) });
  const nowhere = new EventBridgeClients({ EVENTBRIDGE_ENDPOINT: 'http://127.0.0.1:1' });
  const channel = new EventBridgeChannel(
    { of: (region) => (region === 'us-east-1' ? here : nowhere).of(region) },
    systemClock,
  );
  const close = (): void => [here, nowhere].forEach((clients) => clients.onApplicationShutdown());
  return { channel, close };
}

const detailOf = (body: string): Shipment['envelope'] => {
  const [entry] = (JSON.parse(body) as { Entries: [{ Detail: string }] }).Entries;
  return JSON.parse(entry.Detail) as Shipment['envelope'];
};

const OF_EVENTBRIDGE = {
  accept: entries({ EventId: '11710aed-b79e-4468-a20b-bb3c0c3b4860' }),
  fail: refusal(500, 'InternalException'),
  'ask-to-wait': refusal(400, 'ThrottlingException', { 'retry-after': '7' }),
  'break-off': resets,
  hang: hangs,
  gone: refusal(400, 'ResourceNotFoundException'),
} satisfies Record<Behaviour, Answering>;

channelSuite('eventbridge', async () => {
  const receiver = await Receiver.start();
  const { channel, close } = eventBridgeAt(receiver);
  return {
    channel,
    target: { sink: BUS, secrets: [] },
    envelope: anEvent,
    idOf: ({ envelope }) => envelope.id,
    whenGone: 'permanent',
    deserted: BUS.replace('us-east-1', 'eu-west-1'),
    behave: (behaviour) => (receiver.answering = OF_EVENTBRIDGE[behaviour]),
    received: () => receiver.received.map(({ body }) => detailOf(body).id),
    close: async () => {
      close();
      await receiver.close();
    },
  };
});

describe('the EventBridge channel', () => {
  let receiver: Receiver;
  let bridge: ReturnType<typeof eventBridgeAt>;

  beforeAll(async () => {
    receiver = await Receiver.start();
    bridge = eventBridgeAt(receiver);
  });

  afterAll(async () => {
    bridge.close();
    await receiver.close();
  });

  const deliver = (sent: Shipment = shipment()) => bridge.channel.deliver(sent, AbortSignal.timeout(5_000));

  it('calls PutEvents, signed as the service, for the region of the bus', async () => {
    receiver.answering = OF_EVENTBRIDGE.accept;
    const sent = shipment();
    expect(await deliver(sent)).toEqual({ kind: 'delivered', status: 200 });
    const { method, path, headers, body } = receiver.received.at(-1)!;
    expect([method, path]).toEqual(['POST', '/']);
    expect(headers).toMatchObject({
      'x-amz-target': 'AWSEvents.PutEvents',
      'content-type': 'application/x-amz-json-1.1',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/us-east-1\/events\/aws4_request, /,
      ) as unknown as string,
    });
    expect(JSON.parse(body)).toEqual({
      Entries: [
        {
          EventBusName: BUS,
          Source: '/shop',
          DetailType: 'com.acme.order.placed',
          Detail: JSON.stringify(sent.envelope),
          Time: 1_795_168_800.123,
        },
      ],
    });
  });

  it.each([
    ['ThrottlingException', 'retryable'],
    ['InternalFailure', 'retryable'],
    ['MalformedDetail', 'permanent'],
  ])('hears that the entry failed with %s, although the request did not: %s', async (ErrorCode, kind) => {
    receiver.answering = entries({ ErrorCode, ErrorMessage: 'because' });
    expect(await deliver()).toEqual({
      kind,
      stage: 'answer',
      status: 200,
      error: `EventBridge answered ${ErrorCode}.`,
    });
  });

  it.each([
    [400, 'AccessDeniedException', 'permanent'],
    [400, 'ValidationException', 'permanent'],
    [400, 'ThrottlingException', 'retryable'],
    [413, 'RequestEntityTooLarge', 'permanent'],
    [429, 'TooManyRequestsException', 'retryable'],
    [503, 'ServiceUnavailable', 'retryable'],
  ])('hears that the request was refused with %i %s: %s', async (status, name, kind) => {
    receiver.answering = refusal(status, name);
    const tries = receiver.received.length;
    expect(await deliver()).toEqual({ kind, stage: 'answer', status, error: `EventBridge answered ${name}.` });
    expect(receiver.received).toHaveLength(tries + 1);
  });

  it('without credentials: may try again, and has asked nobody', async () => {
    receiver.answering = OF_EVENTBRIDGE.accept;
    const environment = setEnvironment({
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    });
    const anonymous = eventBridgeAt(receiver);
    const tries = receiver.received.length;
    expect(await anonymous.channel.deliver(shipment(), AbortSignal.timeout(5_000))).toEqual({
      kind: 'retryable',
      stage: 'prepare',
      error: 'There are no AWS credentials to send it with.',
    });
    expect(receiver.received).toHaveLength(tries);
    anonymous.close();
    environment.restore();
  });
});

const OF_EVENT_GRID = {
  accept: answers(200),
  fail: answers(500),
  'ask-to-wait': answers(429, { 'retry-after': '7' }),
  'break-off': resets,
  hang: hangs,
  gone: answers(410),
} satisfies Record<Behaviour, Answering>;

const openGrid = (allowPrivate = true): EventGridChannel =>
  new EventGridChannel({ WEBHOOK_ALLOW_PRIVATE: allowPrivate }, systemClock);

channelSuite('event-grid', async () => {
  const channel = openGrid();
  const receiver = await Receiver.start();
  return {
    channel,
    target: { sink: `${originOf(receiver)}/api/events`, secrets: [ACCESS_KEY] },
    envelope: anEvent,
    idOf: ({ envelope }) => envelope.id,
    whenGone: 'gone',
    deserted: 'http://127.0.0.1:1/',
    behave: (behaviour) => (receiver.answering = OF_EVENT_GRID[behaviour]),
    received: () => receiver.received.map(({ body }) => (JSON.parse(body) as Shipment['envelope']).id),
    close: async () => {
      await channel.onApplicationShutdown();
      await receiver.close();
    },
  };
});

describe('the Event Grid channel', () => {
  let receiver: Receiver;
  let channel: EventGridChannel;

  beforeAll(async () => {
    receiver = await Receiver.start();
    channel = openGrid();
  });

  afterAll(async () => {
    await channel.onApplicationShutdown();
    await receiver.close();
  });

  const deliver = (overrides: Partial<Shipment> = {}) =>
    channel.deliver(
      shipment({ sink: `${originOf(receiver)}/api/events`, secrets: [ACCESS_KEY, 'b2xk'], ...overrides }),
      AbortSignal.timeout(5_000),
    );

  it('posts the CloudEvent with the newest key, to the version of the API that it speaks', async () => {
    receiver.answering = OF_EVENT_GRID.accept;
    const envelope = anEvent();
    expect(await deliver({ envelope })).toEqual({ kind: 'delivered', status: 200 });
    const { method, path, headers, body } = receiver.received.at(-1)!;
    expect([method, path]).toEqual(['POST', '/api/events?api-version=2018-01-01']);
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'aeg-sas-key': ACCESS_KEY,
    });
    expect(JSON.parse(body)).toEqual(envelope);
    await deliver({ sink: `${originOf(receiver)}/api/events?api-version=2024-06-01`, envelope, replayId: 'r1' });
    expect(receiver.received.at(-1)).toMatchObject({ path: '/api/events?api-version=2024-06-01' });
    expect(JSON.parse(receiver.received.at(-1)!.body)).toEqual({ ...envelope, usherreplay: 'r1' });
  });

  it.each([
    [400, 'permanent'],
    [401, 'permanent'],
    [403, 'permanent'],
    [404, 'permanent'],
    [413, 'permanent'],
    [410, 'gone'],
    [302, 'retryable'],
    [408, 'retryable'],
    [502, 'retryable'],
    [503, 'retryable'],
  ])('hears %i as %s', async (status, kind) => {
    receiver.answering = answers(status);
    expect(await deliver()).toMatchObject({ kind, stage: 'answer', status });
  });

  it('sends no key to a private address', async () => {
    const guarded = openGrid(false);
    const tries = receiver.received.length;
    const sent = shipment({ sink: `${originOf(receiver)}/api/events`, secrets: [ACCESS_KEY] });
    expect(await guarded.deliver(sent, AbortSignal.timeout(5_000))).toMatchObject({
      kind: 'permanent',
      stage: 'address',
    });
    expect(receiver.received).toHaveLength(tries);
    await guarded.onApplicationShutdown();
  });
});
