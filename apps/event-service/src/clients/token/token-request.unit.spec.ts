import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsherError } from '#kernel';
import { readCredentials } from './token-request.js';

const grant_type = 'client_credentials';
const basic = (text: string, scheme = 'Basic'): string => `${scheme} ${Buffer.from(text).toString('base64')}`;
const ADA = { clientId: 'ada', clientSecret: 'secret' };

/** The code of a refusal, with what it points at. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof UsherError) return [error.code, ...error.errors.map(({ pointer }) => pointer)].join(' ');
    throw error;
  }
  return 'none';
}

describe('the credentials of a token request', () => {
  it('are read from the body', () => {
    expect(readCredentials({ grant_type, client_id: 'ada', client_secret: 'secret' })).toEqual(ADA);
  });

  it.each([basic('ada:secret'), basic('ada:secret', 'basic'), basic('ada:secret').replace(' ', '   ')])(
    'are read from %j',
    (authorization) => {
      expect(readCredentials({ grant_type }, authorization)).toEqual(ADA);
      expect(readCredentials({ grant_type, client_id: 'ada' }, authorization)).toEqual(ADA);
    },
  );

  it('arrive by Basic as they were, whatever is in them', () => {
    const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (clientId, clientSecret) => {
        const header = basic(`${encode(clientId)}:${encode(clientSecret)}`);
        expect(readCredentials({ grant_type }, header)).toEqual({ clientId, clientSecret });
      }),
    );
  });

  it('do not come from a header of another kind', () => {
    const body = { grant_type, client_id: 'ada', client_secret: 'secret' };
    for (const header of ['Bearer stale', 'Basically nothing', '']) expect(readCredentials(body, header)).toEqual(ADA);
    expect(refusal(() => readCredentials({ grant_type }, 'Bearer stale'))).toBe('validation-failed /client_id');
  });

  it.each<[string, object, string | undefined, string]>([
    ['no id', { client_secret: 'x' }, undefined, 'validation-failed /client_id'],
    ['no secret', { client_id: 'ada' }, undefined, 'validation-failed /client_secret'],
    ['a secret in both places', { client_secret: 'secret' }, basic('ada:secret'), 'validation-failed /client_secret'],
    ['two ids', { client_id: 'bob' }, basic('ada:secret'), 'validation-failed /client_id'],
    ['Basic with nothing', {}, 'Basic', 'invalid-credentials'],
    ['Basic without a colon', {}, basic('ada'), 'invalid-credentials'],
    ['Basic that is not Base64', {}, 'Basic ada:secret', 'invalid-credentials'],
    ['Basic with a broken escape', {}, basic('ada:%'), 'invalid-credentials'],
    ['Basic with an escape that is no UTF-8', {}, basic('ada:%ff'), 'invalid-credentials'],
  ])('are refused with %s', (_, members, authorization, code) => {
    expect(refusal(() => readCredentials({ grant_type, ...members }, authorization))).toBe(code);
  });

  it.each(['', 'password', 'authorization_code', 'CLIENT_CREDENTIALS', 'urn:ietf:params:oauth:grant-type:jwt-bearer'])(
    'are not looked at for the grant %j',
    (other) => {
      expect(refusal(() => readCredentials({ grant_type: other }))).toBe('unsupported-grant-type');
    },
  );
});
