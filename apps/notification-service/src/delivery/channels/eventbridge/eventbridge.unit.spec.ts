import type { PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from '@jest/globals';
import type { Shipment } from '../channel.js';
import { outcomeOf } from './answer.js';
import { entryOf, regionOf, traceHeaderOf } from './entry.js';

const sink = 'arn:aws:events:eu-west-1:111122223333:event-bus/usher';
const envelope: Shipment['envelope'] = {
  specversion: '1.0',
  id: 'e1',
  source: '/event-service',
  type: 'usher.event.created',
  subject: 'events/1',
  time: '2026-11-20T10:00:00.123Z',
  data: { title: 'Zoë ☕' },
};
const shipment: Shipment = { id: 'd1', envelope, sink, secrets: [], replayId: null };

describe('an entry of PutEvents', () => {
  it('is for the bus of the sink, and has the whole CloudEvent as its detail', () => {
    const { Detail, ...entry } = entryOf(shipment);
    expect(entry).toEqual({
      EventBusName: sink,
      Source: '/event-service',
      DetailType: 'usher.event.created',
      Time: new Date('2026-11-20T10:00:00.123Z'),
    });
    expect(JSON.parse(Detail!)).toEqual(envelope);
    expect(regionOf(sink)).toBe('eu-west-1');
  });

  it('without a time: has that of its arrival', () => {
    const { time: _, ...timeless } = envelope;
    expect(entryOf({ ...shipment, envelope: timeless })).not.toHaveProperty('Time');
  });

  it('of a replay: says so', () => {
    const { Detail } = entryOf({ ...shipment, replayId: 'r1' });
    expect(JSON.parse(Detail!)).toEqual({ ...envelope, usherreplay: 'r1' });
  });

  it('continues the trace of the event, as X-Ray writes it', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(entryOf({ ...shipment, envelope: { ...envelope, traceparent } }).TraceHeader).toBe(
      'Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1',
    );
    expect(traceHeaderOf(traceparent.replace(/01$/, '00'))).toMatch(/Sampled=0$/);
    expect(traceHeaderOf('nonsense')).toBeUndefined();
  });
});

describe('what became of an entry', () => {
  const answer = (entry: object): PutEventsCommandOutput => ({ Entries: [entry], $metadata: { httpStatusCode: 200 } });

  it('without an error: delivered', () => {
    expect(outcomeOf(answer({ EventId: 'x' }))).toEqual({ kind: 'delivered', status: 200 });
  });

  it.each([
    ['ThrottlingException', 'retryable'],
    ['InternalFailure', 'retryable'],
    ['AccessDeniedException', 'permanent'],
    ['InvalidAccountIdException', 'permanent'],
    ['InvalidArgument', 'permanent'],
    ['MalformedDetail', 'permanent'],
    ['NotAuthorizedForSourceException', 'permanent'],
    ['NotAuthorizedForDetailTypeException', 'permanent'],
    ['SomethingNew', 'permanent'],
  ])('with %s: %s', (ErrorCode, kind) => {
    expect(
      outcomeOf(answer({ ErrorCode, ErrorMessage: 'arn:aws:iam::111122223333:role/x is not authorized' })),
    ).toEqual({ kind, stage: 'answer', status: 200, error: `EventBridge answered ${ErrorCode}.` });
  });
});
