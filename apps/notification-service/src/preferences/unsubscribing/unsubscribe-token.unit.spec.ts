import { describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { derivedKey } from '../../derived-key.js';
import { readClaim, signClaim } from './unsubscribe-token.js';

const key = derivedKey(undefined, 'one purpose');
const claim = { id: newId(), type: 'event.reminder' } as const;
const token = signClaim(claim, key);

describe('the token of an unsubscribe link', () => {
  it('says whose e-mails of which type, and may stand in a URL as it is', () => {
    expect(readClaim(token, key)).toEqual(claim);
    expect(encodeURIComponent(token)).toBe(token);
  });

  it.each([
    ['nothing', ''],
    ['no signature', token.slice(0, token.lastIndexOf('~'))],
    ['an empty signature', token.slice(0, token.lastIndexOf('~') + 1)],
    ['a signature that is cut', token.slice(0, -4)],
    ['another reader', token.replace(claim.id, newId())],
    ['another type', token.replace('event.reminder', 'event.created')],
    ['something behind it', `${token}~`],
    ['one of another purpose', signClaim(claim, derivedKey(undefined, 'another purpose'))],
    ['a type that there is not', signClaim({ ...claim, type: 'event.forgotten' as 'event.created' }, key)],
  ])('is not %s', (_, wrong) => {
    expect(readClaim(wrong, key)).toBeUndefined();
  });
});
