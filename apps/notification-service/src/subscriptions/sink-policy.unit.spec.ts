import { describe, expect, it } from '@jest/globals';
import { SinkPolicy } from './sink-policy.js';

const objection = (sink: string, settings: Partial<ConstructorParameters<typeof SinkPolicy>[0]> = {}) =>
  new SinkPolicy({ NODE_ENV: 'development', WEBHOOK_ALLOW_PRIVATE: false, ...settings }).objection('HTTP', sink);

it.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://017700000001/',
  'http://127.1/',
  'http://169.254.169.254/latest/meta-data',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://LOCALHOST./',
])('%s is not public, and taken where anything is allowed', (sink) => {
  expect(objection(sink)).toMatch(/non-public/);
  expect(objection(sink, { WEBHOOK_ALLOW_PRIVATE: true })).toBeUndefined();
});

it.each(['https://example.com/', 'http://93.184.216.34/'])('%s may be public', (sink) => {
  expect(objection(sink)).toBeUndefined();
});

describe('in production', () => {
  it('takes https only, unless anything is allowed', () => {
    expect(objection('http://example.com/', { NODE_ENV: 'production' })).toMatch(/https/);
    expect(objection('https://example.com/', { NODE_ENV: 'production' })).toBeUndefined();
    expect(objection('http://example.com/', { NODE_ENV: 'production', WEBHOOK_ALLOW_PRIVATE: true })).toBeUndefined();
  });
});
