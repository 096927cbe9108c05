import { describe, expect, it } from '@jest/globals';
import { newSigningSecret } from './secrets/signing-secret.js';
import { newSubscriptionBody, patchSubscriptionBody } from './subscriptions.dto.js';

const sink = 'https://example.com/hook';
const leaf = { exact: { type: 'x' } };

/** Where a body is wrong, as JSON Pointers. */
function pointersOf(members: object, schema: typeof newSubscriptionBody | typeof patchSubscriptionBody): string[] {
  const issues = schema.safeParse(members).error?.issues ?? [];
  return issues.flatMap(({ path, ...issue }) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    return keys.map((key) => [...path, ...(key === undefined ? [] : [key])].map((step) => `/${String(step)}`).join(''));
  });
}
const wrong = (members: object): string[] => pointersOf({ protocol: 'HTTP', sink, ...members }, newSubscriptionBody);
const filtered = (filter: unknown): string[] => wrong({ filters: [filter] });
const nested = (depth: number): object => (depth === 1 ? leaf : { not: nested(depth - 1) });

describe('a new subscription', () => {
  it('has defaults', () => {
    expect(newSubscriptionBody.parse({ protocol: 'HTTP', sink })).toEqual({
      types: null,
      source: null,
      filters: [],
      protocol: 'HTTP',
      sink,
      config: { ordering: 'none', enabled: true, max_attempts: 10 },
    });
  });

  it.each<[string, object, string[]]>([
    ['a protocol of later', { protocol: 'EMAIL' }, ['/protocol']],
    ['a protocol in small letters', { protocol: 'http' }, ['/protocol']],
    ['another method', { protocolsettings: { method: 'PUT' } }, ['/protocolsettings/method']],
    ['headers', { protocolsettings: { headers: {} } }, ['/protocolsettings/headers']],
    ['no types', { types: [] }, ['/types']],
    ['an empty type', { types: ['a', ''] }, ['/types/1']],
    ['an empty source', { source: '' }, ['/source']],
    ['a transform', { config: { transform: {} } }, ['/config/transform']],
    ['no attempts', { config: { max_attempts: 0 } }, ['/config/max_attempts']],
    ['more attempts than the schedule has', { config: { max_attempts: 11 } }, ['/config/max_attempts']],
    ['a weak secret', { config: { secret: 'whsec_c2VjcmV0' } }, ['/config/secret']],
  ])('with %s', (_, members, pointers) => {
    expect(wrong(members)).toEqual(pointers);
  });

  it.each([
    '',
    'example.com',
    'ftp://example.com/',
    'https://a:b@example.com/',
    'https://example.com/#a',
    'https:// a',
  ])('with the sink %s', (address) => {
    expect(wrong({ sink: address })).toEqual(['/sink']);
  });
});

describe('a new subscription of a cloud', () => {
  const bus = 'arn:aws:events:us-east-1:111122223333:event-bus/usher';
  const access_key = 'c2VjcmV0IG9mIHRoZSB0b3BpYw==';

  it.each<[string, object, string[]]>([
    ['a bus', { protocol: 'EVENTBRIDGE', sink: bus }, []],
    ['a bus in China', { protocol: 'EVENTBRIDGE', sink: bus.replace('aws:', 'aws-cn:').replace('us', 'cn') }, []],
    ['a bus of the newer kind', { protocol: 'EVENTBRIDGE', sink: bus.replace('-bus/', '-busv2/') }, ['/sink']],
    [
      'a bus whose region is none',
      { protocol: 'EVENTBRIDGE', sink: bus.replace('us-east-1', 'evil.example#') },
      ['/sink'],
    ],
    ['an address for a bus', { protocol: 'EVENTBRIDGE' }, ['/sink']],
    ['a bus for an address', { protocol: 'HTTP', sink: bus }, ['/sink']],
    [
      'what webhooks have, for a bus',
      {
        protocol: 'EVENTBRIDGE',
        sink: bus,
        protocolsettings: { method: 'POST' },
        config: { secret: newSigningSecret() },
      },
      ['/protocolsettings/method', '/config/secret'],
    ],
    ['a topic with its key', { protocol: 'EVENTGRID', protocolsettings: { access_key } }, []],
    ['a topic without a key', { protocol: 'EVENTGRID' }, ['/protocolsettings/access_key']],
    ['a bus for a topic', { protocol: 'EVENTGRID', sink: bus, protocolsettings: { access_key } }, ['/sink']],
    [
      'a key that would be two headers',
      { protocol: 'EVENTGRID', protocolsettings: { access_key: `${access_key}\r\nx: y` } },
      ['/protocolsettings/access_key'],
    ],
    ['a key for a webhook', { protocolsettings: { access_key } }, ['/protocolsettings/access_key']],
  ])('%s', (_, members, pointers) => {
    expect(wrong(members)).toEqual(pointers);
  });
});

describe('a filter', () => {
  it.each<[string, unknown, string[]]>([
    ['one of each', { all: [leaf, { any: [leaf, { not: { suffix: { time: 'Z' } } }] }, { prefix: { a1: 'x' } }] }, []],
    ['an unknown dialect', { sql: "type = 'x'" }, ['/filters/0/sql', '/filters/0']],
    [
      'an unknown dialect deeper down',
      { all: [leaf, { not: { sql: 'x' } }] },
      ['/filters/0/all/1/not/sql', '/filters/0/all/1/not'],
    ],
    ['no dialect', {}, ['/filters/0']],
    ['two dialects', { exact: { type: 'x' }, prefix: { type: 'x' } }, ['/filters/0']],
    ['no attribute', { exact: {} }, ['/filters/0/exact']],
    ['an empty value', { exact: { type: '' } }, ['/filters/0/exact/type']],
    ['a value that is no string', { exact: { priority: 1 } }, ['/filters/0/exact/priority']],
    ['a name that is none', { exact: { 'event-id': 'x' } }, ['/filters/0/exact/event-id']],
    ['the data', { exact: { data: 'x' } }, ['/filters/0/exact/data']],
    ['nothing in all', { all: [] }, ['/filters/0/all']],
    ['an array in not', { not: [leaf] }, ['/filters/0/not']],
    ['no object', 'type', ['/filters/0']],
  ])('%s', (_, filter, pointers) => {
    expect(filtered(filter)).toEqual(pointers);
  });

  it('is bounded in depth and number', () => {
    expect(filtered(nested(8))).toEqual([]);
    expect(filtered(nested(9))).toEqual(['/filters']);
    const tens = (count: number) => ({ all: Array.from({ length: count }, () => ({ any: Array(9).fill(leaf) })) });
    expect(wrong({ filters: [tens(9), leaf] })).toEqual([]);
    expect(wrong({ filters: [tens(10)] })).toEqual(['/filters']);
    expect(wrong({ filters: Array(21).fill(leaf) })).toEqual(['/filters']);
  });
});

describe('a patch', () => {
  it('takes null for a default, and says so of nothing that has none', () => {
    const reset = { types: null, source: null, filters: null, config: { ordering: null, enabled: null } };
    expect(pointersOf(reset, patchSubscriptionBody)).toEqual([]);
    expect(pointersOf({ sink: null, protocol: null }, patchSubscriptionBody)).toEqual(['/protocol', '/sink']);
  });

  it('has no secret in it', () => {
    expect(pointersOf({ config: { secret: 'x' } }, patchSubscriptionBody)).toEqual(['/config/secret']);
  });
});
