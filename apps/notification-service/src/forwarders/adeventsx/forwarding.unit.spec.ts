import { describe, expect, it } from '@jest/globals';
import { refuseOurOwn } from '../../bus/bus-event.js';
import { newEventBody } from './adeventsx.dto.js';
import { eventIn, isForAdEventsX, requestOf, statusOf } from './forwarding.js';

const body = {
  event_id: 'evt-1001',
  user_id: 'user-7',
  event_name: 'purchase',
  event_time_epoch: 1_795_161_600_123,
  value: 1.005,
  campaign_id: 'autumn-2026',
};
const event = newEventBody.parse(body);
const request = requestOf(event, new Date('2026-11-20T10:00:00.123Z'));

describe('a request to forward', () => {
  it('carries the event as it was given, its value in digits', () => {
    expect(eventIn(request)).toEqual({ ...body, value: '1.005' });
    expect(request).toMatchObject({ id: 'evt-1001', time: '2026-11-20T10:00:00.123Z' });
  });

  it.each([
    [12, '12'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e-7, '0.0000001'],
    ['0019.990', '19.99'],
    ['-0.0', '0'],
    [12_345_678_901.23, '12345678901.23'],
  ])('writes %s out as %s', (value, digits) => {
    expect(newEventBody.parse({ ...body, value }).value).toBe(digits);
  });

  it('is what AdEventsX receives, and nothing else of that type is', () => {
    expect(isForAdEventsX(request)).toBe(true);
    expect(isForAdEventsX({ ...request, source: '/shop' })).toBe(false);
    expect(isForAdEventsX({ ...request, type: 'com.acme.order.placed' })).toBe(false);
  });

  it('has an identity that no producer can take from it', () => {
    expect(() => refuseOurOwn({ type: 'com.acme.order.placed', source: request.source })).toThrow();
  });
});

describe('its status', () => {
  it.each([
    ['queued', undefined],
    ['queued', { status: 'pending', tries: 0 }],
    ['sending', { status: 'delivering', tries: 0 }],
    ['retrying', { status: 'pending', tries: 1 }],
    ['sending', { status: 'delivering', tries: 3 }],
    ['delivered', { status: 'succeeded', tries: 1 }],
    ['dead_letter', { status: 'dead', tries: 4 }],
    ['discarded', { status: 'discarded', tries: 4 }],
  ] as const)('is %s for %j', (status, delivery) => {
    expect(statusOf(delivery)).toBe(status);
  });
});
