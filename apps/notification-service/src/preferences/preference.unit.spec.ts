import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NOTIFICATION_TYPES } from '#contracts';
import { newId } from '#kernel';
import {
  type Choices,
  decide,
  defaultPreferences,
  inEffect,
  mutedLive,
  NOTIFICATION_CHANNELS,
  type Preferences,
  replaceSettings,
  unsubscribe,
} from './preference.js';

const now = new Date('2026-11-20T23:30:00.000Z');
const night = { from: '22:00', to: '07:00', timezone: 'UTC', mode: 'queue' } as const;
const nobodyYet = defaultPreferences(newId());

const choosing = (types: Choices, more: Partial<Preferences> = {}): Preferences =>
  replaceSettings(nobodyYet, { types, quiet_hours: null, locale: null, ...more }, now);

const anyChoices = fc.dictionary(
  fc.constantFrom(...NOTIFICATION_TYPES),
  fc.dictionary(fc.constantFrom(...NOTIFICATION_CHANNELS), fc.boolean()),
) as fc.Arbitrary<Choices>;

describe('who has said nothing', () => {
  it('hears everything live, and of bookings, cancellations and reminders by e-mail', () => {
    const effective = inEffect(nobodyYet, false);
    const by = (channel: (typeof NOTIFICATION_CHANNELS)[number]) =>
      NOTIFICATION_TYPES.filter((type) => effective[type][channel]);
    expect(by('socket')).toEqual(NOTIFICATION_TYPES);
    expect(by('email')).toEqual([
      'event.deleted',
      'event.canceled',
      'event.reminder',
      'booking.confirmed',
      'booking.waitlisted',
      'booking.promoted',
      'booking.canceled',
    ]);
    expect(by('push')).toEqual([]);
  });

  it('hears the same by push as by e-mail once there is a device', () => {
    for (const { push, email } of Object.values(inEffect(nobodyYet, true))) expect(push).toBe(email);
  });
});

describe('a decision', () => {
  const reminder = { type: 'event.reminder', channel: 'email', hasDevice: true, now } as const;

  it.each([
    ['by default', nobodyYet, reminder, { kind: 'send' }],
    [
      'for what is off by default',
      nobodyYet,
      { ...reminder, type: 'event.created' },
      { kind: 'skip', reason: 'preference' },
    ],
    [
      'for what was turned on',
      choosing({ 'event.created': { email: true } }),
      { ...reminder, type: 'event.created' },
      { kind: 'send' },
    ],
    [
      'for what was turned off',
      choosing({ 'event.reminder': { email: false } }),
      reminder,
      { kind: 'skip', reason: 'preference' },
    ],
    [
      'for a push without a device',
      nobodyYet,
      { ...reminder, channel: 'push', hasDevice: false },
      { kind: 'skip', reason: 'no-device' },
    ],
    [
      'for a push turned on without a device',
      choosing({ 'event.created': { push: true } }),
      { ...reminder, type: 'event.created', channel: 'push', hasDevice: false },
      { kind: 'skip', reason: 'no-device' },
    ],
    [
      'in quiet hours',
      choosing({}, { quiet_hours: night }),
      reminder,
      { kind: 'queue', until: new Date('2026-11-21T07:00:00.000Z'), reason: 'quiet-hours' },
    ],
    [
      'in quiet hours that skip',
      choosing({}, { quiet_hours: { ...night, mode: 'skip' } }),
      { ...reminder, channel: 'push' },
      { kind: 'skip', reason: 'quiet-hours' },
    ],
    [
      'in quiet hours for a socket',
      choosing({}, { quiet_hours: night }),
      { ...reminder, channel: 'socket' },
      { kind: 'send' },
    ],
    [
      'in quiet hours for what is not wanted anyway',
      choosing({ 'event.reminder': { email: false } }, { quiet_hours: night }),
      reminder,
      { kind: 'skip', reason: 'preference' },
    ],
  ] as const)('%s', (_, preferences, asked, expected) => {
    expect(decide(preferences, asked)).toEqual(expected);
  });

  it('agrees with what is said to hold, outside quiet hours', () => {
    fc.assert(
      fc.property(anyChoices, fc.boolean(), (types, hasDevice) => {
        const preferences = choosing(types);
        const effective = inEffect(preferences, hasDevice);
        for (const type of NOTIFICATION_TYPES)
          for (const channel of NOTIFICATION_CHANNELS)
            expect(decide(preferences, { type, channel, hasDevice, now }).kind === 'send').toBe(
              effective[type][channel],
            );
        expect(mutedLive(preferences)).toEqual(NOTIFICATION_TYPES.filter((type) => !effective[type].socket));
      }),
    );
  });
});

describe('changing them', () => {
  it('replaces all that was said, and counts the version', () => {
    const first = choosing({ 'event.created': { email: true } }, { locale: 'de', quiet_hours: night });
    const second = replaceSettings(first, { types: {}, quiet_hours: null, locale: null }, now);
    expect(first).toMatchObject({ version: 1, updated_at: now, locale: 'de', quiet_hours: night });
    expect(second).toEqual({ ...nobodyYet, version: 2, updated_at: now });
  });

  it('leaves them alone where the same is said in another order', () => {
    const types = {
      'event.created': { socket: false, email: true },
      'event.updated': { push: true },
      'event.deleted': {},
    };
    const reordered = { 'event.updated': { push: true }, 'event.created': { email: true, socket: false } };
    const first = choosing(types, { quiet_hours: night });
    const { from, to, timezone, mode } = night;
    expect(first.types).toEqual(reordered);
    const again = { types: reordered, quiet_hours: { mode, timezone, to, from }, locale: null };
    expect(replaceSettings(first, again, now)).toBe(first);
  });

  it('by the link in an e-mail touches nothing but e-mails of that type, and is done once', () => {
    const before = choosing({ 'event.reminder': { email: true, push: true } }, { locale: 'de', quiet_hours: night });
    const after = unsubscribe(before, 'event.reminder', now);
    expect(after).toEqual({ ...before, version: 2, types: { 'event.reminder': { email: false, push: true } } });
    expect(unsubscribe(after, 'event.reminder', now)).toBe(after);
  });
});
