import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '#kernel';
import { AttendeesApp, PERSON } from './testing/attendees-app.js';

let app: AttendeesApp;

beforeAll(async () => {
  app = await AttendeesApp.start();
});
afterAll(() => app.close());

const post = (body: object) => app.request('post', '/v1/attendees').send(body);

describe('what is said of a person', () => {
  it('takes the longest there is, in any script', async () => {
    const long = { name: '😀'.repeat(200), notes: '東\n'.repeat(1_000), phone: '+1 (234) 567-89.01/2345' };
    expect(await app.register({}, long)).toMatchObject(long);
  });

  it('takes a country in either case', async () => {
    expect(await app.register({}, { country: 'gb' })).toMatchObject({ country: 'GB' });
  });

  it.each(['+1 555 0100', '030/901820', '(0)30-90 18 20', '12345', '+123456789012345'])(
    'takes a telephone number as people write it: %s',
    async (phone) => {
      expect(await app.register({}, { phone })).toMatchObject({ phone });
    },
  );

  const faults: [string, unknown][] = [
    ['name', undefined],
    ['name', null],
    ['name', ''],
    ['name', ' \t'],
    ['name', '\u200b\u00a0'],
    ['name', 7],
    ['name', 'Ada\nBcc: everybody'],
    ['name', 'Ada\tLovelace'],
    ['name', 'a\u0007b'],
    ['name', 'x'.repeat(201)],
    ['email', undefined],
    ['email', null],
    ['email', ''],
    ['email', 'ada'],
    ['email', 'ada@example.com\nBcc: x@example.com'],
    ['email', ' ada@example.com'],
    ['email', `${'a'.repeat(250)}@example.com`],
    ['phone', ''],
    ['phone', 'call me'],
    ['phone', '1234'],
    ['phone', '1234567890123456'],
    ['phone', '++4930901820'],
    ['phone', '=1+1+11111'],
    ['phone', '030\n901820'],
    ['phone', '٠٣٠٩٠١٨٢٠'],
    ['phone', 30_901_820],
    ['phone', `1${' '.repeat(50)}23456`],
    ['country', 'ZZ'],
    ['country', 'GBR'],
    ['country', ''],
    ['notes', ' \n'],
    ['notes', 'a\u0007b'],
    ['notes', 'x'.repeat(2_001)],
    ['notes', ['x']],
    ['id', newId()],
    ['registered_by', newId()],
    ['user_id', newId()],
    ['token_hash', 'x'],
    ['version', 1],
    ['$set', {}],
  ];
  const label = (value: unknown): string => (value === undefined ? 'left out' : JSON.stringify(value)).slice(0, 40);
  it.each(faults.map(([name, value]) => [name, label(value), value] as const))(
    'refuses %s: %s',
    async (name, _, value) => {
      const { body } = await post({ ...PERSON, [name]: value }).expect(400);
      const { errors } = body as { errors: { pointer: string }[] };
      expect([...new Set(errors.map(({ pointer }) => pointer))]).toEqual([`/${name}`]);
    },
  );

  it('is taken or refused, and never a fault of ours, whatever can be written as JSON', async () => {
    const anything = fc.oneof(fc.jsonValue({ depthSize: 'small' }), fc.string({ unit: 'binary' }), fc.emailAddress());
    const members = fc.dictionary(fc.constantFrom(...Object.keys(PERSON), 'x'), anything, { minKeys: 1, maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(members, async (given) => {
        const { status } = await post({ ...PERSON, ...given });
        expect([201, 400]).toContain(status);
      }),
      { numRuns: 100 },
    );
  });
});
