import { describe, expect, it } from '@jest/globals';
import { forScreen, inShort } from './log-lines.js';

const line = (entry: object) =>
  JSON.stringify({ time: '2026-11-20T10:00:00.123Z', service: 'event-service', ...entry });

describe('what of a log reaches the screen', () => {
  it.each([
    ['routine', line({ level: 'info', msg: 'booking.decided' }), undefined],
    ['a warning', line({ level: 'warn', msg: 'slow' }), { level: 'warn', text: 'slow' }],
    [
      'an error with its reason',
      line({ level: 'error', msg: 'relay.failed', err: { message: 'no primary' } }),
      { level: 'error', text: 'relay.failed: no primary' },
    ],
    ['pino’s own numbers', line({ level: 60, msg: 'out of memory' }), { level: 'error', text: 'out of memory' }],
    ['a crash of Node', 'Error: cannot find module', { level: 'warn', text: 'Error: cannot find module' }],
    ['an empty line', '', undefined],
  ])('%s', (_, text, expected) => {
    expect(forScreen(text)).toEqual(expected);
  });

  it('is short when a service has died', () => {
    expect(inShort(line({ level: 'info', msg: 'booking.decided', seats: 3 }))).toBe(
      '10:00:00.123 info booking.decided',
    );
    expect(inShort('    at main.ts:3')).toBe('    at main.ts:3');
  });
});
