import { describe, expect, it } from '@jest/globals';
import { PublicSinks } from './public-sinks.js';

const objection = (sink: string, settings: Partial<ConstructorParameters<typeof PublicSinks>[0]> = {}) =>
  new PublicSinks({ NODE_ENV: 'development', WEBHOOK_ALLOW_PRIVATE: false, ...settings }).objection(new URL(sink));

it.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://017700000001/',
  'http://127.1/',
  'http://0/',
  'http://10.1.2.3/',
  'http://172.16.0.1/',
  'http://192.168.0.1/',
  'http://169.254.169.254/latest/meta-data',
  'http://100.64.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://198.18.0.1/',
  'http://192.0.2.1/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:a00:1]/',
  'http://[fe80::1]/',
  'http://[fc00::1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:db8::1]/',
  'http://localhost/',
  'http://LOCALHOST./',
  'http://api.localhost:8080/',
])('%s is not public', (sink) => {
  expect(objection(sink)).toMatch(/non-public/);
  expect(objection(sink, { WEBHOOK_ALLOW_PRIVATE: true })).toBeUndefined();
});

it.each([
  'https://example.com/',
  'http://93.184.216.34/',
  'http://[2606:2800:220:1::1]/',
  'https://localhost.example/',
])('%s may be public', (sink) => {
  expect(objection(sink)).toBeUndefined();
});

describe('in production', () => {
  it('takes https only, unless anything is allowed', () => {
    expect(objection('http://example.com/', { NODE_ENV: 'production' })).toMatch(/https/);
    expect(objection('https://example.com/', { NODE_ENV: 'production' })).toBeUndefined();
    expect(objection('http://example.com/', { NODE_ENV: 'production', WEBHOOK_ALLOW_PRIVATE: true })).toBeUndefined();
  });
});
