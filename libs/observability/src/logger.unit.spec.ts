import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { createLogger } from './logger.js';

/** What a line comes out as. */
function logged(line: object): Record<string, unknown> {
  let written = '';
  const logger = createLogger({ service: 'test', level: 'info' }, { write: (text) => void (written = text) });
  logger.info(line, 'something.happened');
  return JSON.parse(written) as Record<string, unknown>;
}

const ADDRESS = 'ada@example.com';
const person = { name: 'Ada Lovelace', email: ADDRESS, phone: '+44 20 7946 0958', notes: 'Vegan' };

describe('a log line', () => {
  it('carries what it is given, its service and its level', () => {
    const line = logged({ attendee_id: 'a1', name: 'a probe' });
    expect(line).toMatchObject({
      service: 'test',
      level: 'info',
      msg: 'something.happened',
      attendee_id: 'a1',
      name: 'a probe',
    });
  });

  it.each([
    ['an attendee', { attendee: person }],
    ['an attendee, one level down', { body: { attendee: person } }],
    ['several', { attendees: [person] }],
    ['a user', { user: { email: ADDRESS, full_name: 'Ada Lovelace' } }],
    ['contact details as they are', { email: ADDRESS, phone: person.phone, notes: person.notes }],
    ['headers', { headers: { 'x-attendee-token': `${'a'.repeat(24)}.Vegan`, authorization: 'Bearer Vegan' } }],
    ['a request', { request: { headers: { 'x-attendee-token': 'Vegan' } } }],
    ['a token', { answer: { attendee_token: 'Vegan' } }],
  ])('tells nothing personal and nothing secret of %s', (_, line) => {
    const text = JSON.stringify(logged(line));
    expect(text).toContain('[redacted]');
    expect(text).not.toMatch(/Ada Lovelace|example|7946|Vegan/);
  });
});

describe('an error in a log line', () => {
  it('has its type, words, code and stack, and those of its cause', () => {
    const cause = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' });
    const { err } = logged({ err: Object.assign(new TypeError('away', { cause }), { code: 'x' }) });
    expect(err).toMatchObject({ type: 'TypeError', message: 'away: no route', code: 'x' });
    expect((err as { stack: string }).stack).toMatch(/logger\.unit\.spec[^]*caused by: Error: no route/);
  });

  it('has the words of each of several', () => {
    const { err } = logged({ err: new AggregateError([new Error('one'), new Error('two')], 'none answers') });
    expect(err).toMatchObject({ message: 'none answers', errors: ['one', 'two'] });
  });

  it('is what was thrown where that is none', () => {
    expect(logged({ err: 'a string' })['err']).toBe('a string');
  });

  it('does not carry the documents of a failed write, nor the key that was a duplicate', () => {
    const message = `E11000 duplicate key error collection: db.users index: email_1 dup key: { email: "${ADDRESS}" }`;
    const failed = new mongo.MongoServerError({ message, code: 11_000, keyValue: { email: ADDRESS } });
    Object.assign(failed, { insertedDocs: [person], writeErrors: [{ err: { op: person } }] });
    const { err } = logged({ err: new Error('not registered', { cause: failed }) });
    expect(err).toMatchObject({ message: expect.stringContaining('index: email_1 dup key: { … }') });
    expect(JSON.stringify([err, logged({ err: failed })])).not.toMatch(/Ada Lovelace|example|7946|Vegan/);
  });
});
