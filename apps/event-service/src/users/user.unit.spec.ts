import { describe, expect, it } from '@jest/globals';
import { emailSchema, passwordSchema } from './credentials.js';
import { changeProfile, isReserved, keyOf, newUser } from './user.js';
import { patchProfileBody, registerBody } from './users.dto.js';

const now = new Date('2026-11-20T10:00:00.000Z');
const later = new Date('2026-11-20T11:00:00.000Z');
const ada = newUser('a'.repeat(24), { email: 'Ada@Example.com', username: 'Ada' }, ['user'], now);

describe('a password', () => {
  it.each([
    'Aa1!aaaa',
    'Pässwort_1Ä',
    `A1!${'x'.repeat(69)}`, // 72 bytes
    `A1!${'é'.repeat(34)}x`, // 72 bytes in 38 characters
    'ÉCOLE-12345',
    'A1😀aaaaa',
  ])('is taken: %s', (password) => {
    expect(passwordSchema.safeParse(password).success).toBe(true);
  });

  it.each([
    ['too short', 'Aa1!aaa'],
    ['no upper-case letter', 'aa1!aaaa'],
    ['no digit', 'Aaa!aaaa'],
    ['no special character', 'Aa1aaaaa'],
    ['a space is not special', 'Aa1 aaaa'],
    ['73 bytes', `A1!${'x'.repeat(70)}`],
    ['73 bytes in fewer characters', `A1!${'é'.repeat(35)}`],
    ['a megabyte', `A1!${'x'.repeat(1_000_000)}`],
    ['no string', 12_345_678],
  ])('is refused: %s', (_, password) => {
    expect(passwordSchema.safeParse(password).success).toBe(false);
  });

  it('is the same however its accents were typed', () => {
    expect(passwordSchema.parse('Cafe\u0301-123')).toBe(passwordSchema.parse('Caf\u00e9-123'));
  });

  it('is measured after composing: 72 bytes composed are more decomposed', () => {
    expect(passwordSchema.safeParse(`A1!${'e\u0301'.repeat(34)}x`).success).toBe(true);
  });
});

describe('an e-mail address', () => {
  it.each(['a@b', 'a b@example.com', '@example.com', 'a@example', `${'a'.repeat(250)}@example.com`, 'a@b@c.de', ''])(
    'is refused: %s',
    (email) => {
      expect(emailSchema.safeParse(email).success).toBe(false);
    },
  );
});

describe('an account', () => {
  it('begins unverified, in English and UTC', () => {
    expect(ada).toMatchObject({ is_verified: false, locale: 'en', timezone: 'UTC', full_name: null, version: 1 });
  });

  it('is told apart without regard to case', () => {
    expect(keyOf('ADA')).toBe(keyOf('ada'));
    expect(keyOf('Ada@EXAMPLE.com')).toBe('ada@example.com');
  });

  it('cannot be called what the system is called', () => {
    expect(isReserved('System')).toBe(true);
    expect(isReserved('systems')).toBe(false);
  });
});

describe('a merge patch of the profile', () => {
  it('changes what it names and counts the version', () => {
    const changed = changeProfile(ada, { full_name: 'Ada Lovelace', timezone: 'Europe/London' }, later);
    expect(changed).toMatchObject({ full_name: 'Ada Lovelace', timezone: 'Europe/London', locale: 'en', version: 2 });
    expect(changed.updated_at).toBe(later);
  });

  it('removes the name by null', () => {
    const named = changeProfile(ada, { full_name: 'Ada' }, now);
    expect(changeProfile(named, { full_name: null }, later)).toMatchObject({ full_name: null, version: 3 });
  });

  it('that changes nothing is no change', () => {
    expect(changeProfile(ada, { locale: 'en' }, later)).toBe(ada);
    expect(changeProfile(ada, {}, later)).toBe(ada);
  });

  it.each([
    { locale: null },
    { timezone: null },
    { locale: 'not a locale' },
    { timezone: 'Mars/Olympus' },
    { timezone: '+01:00' },
    { full_name: '   ' },
    { full_name: 'a\nb' },
    { full_name: 'x'.repeat(201) },
    { username: 'eve' },
    { roles: ['admin'] },
  ])('is refused: %j', (patch) => {
    expect(patchProfileBody.safeParse(patch).success).toBe(false);
  });

  it('writes a language tag as BCP 47 does', () => {
    expect(patchProfileBody.parse({ locale: 'PT-br' })).toEqual({ locale: 'pt-BR' });
  });
});

describe('a registration', () => {
  const good = { email: 'ada@example.com', username: 'ada', password: 'Aa1!aaaa' };

  it.each(['ab', 'a'.repeat(51), 'a-b', 'a b', 'ädä', 'a.b', ''])('refuses the username "%s"', (username) => {
    expect(registerBody.safeParse({ ...good, username }).success).toBe(false);
  });

  it.each(['abc', 'A_1', '___', 'a'.repeat(50)])('takes the username "%s"', (username) => {
    expect(registerBody.safeParse({ ...good, username }).success).toBe(true);
  });

  it('refuses roles and whatever else is not its business', () => {
    expect(registerBody.safeParse({ ...good, roles: ['admin'] }).success).toBe(false);
    expect(registerBody.safeParse({ ...good, is_verified: true }).success).toBe(false);
  });
});
