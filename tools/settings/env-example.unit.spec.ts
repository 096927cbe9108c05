import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { settingsSchema as eventService } from '../../apps/event-service/src/config.js';
import { settingsSchema as notificationService } from '../../apps/notification-service/src/config.js';
import { descriptionOf } from '#http';

/** Each service's settings, by the heading of its section in `.env.example`; a new service is a new line. */
const SERVICES = { 'event-service': eventService, 'notification-service': notificationService };

/** Name → default, as they stand in each section, whether commented out or not. */
function sections(): Record<string, Record<string, string>> {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const [, ...parts] = text.split(/^# ── (.+?) ─+$/m);
  const found: Record<string, Record<string, string>> = {};
  for (let index = 0; index < parts.length; index += 2) {
    const settings = (parts[index + 1] ?? '').matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/gm);
    found[parts[index] ?? ''] = Object.fromEntries(
      Array.from(settings, ([, name, value]) => [name ?? '', value ?? '']),
    );
  }
  return found;
}

describe('.env.example', () => {
  const { 'Both services': both = {}, ...own } = sections();

  it.each(Object.entries(SERVICES))(
    'lists every setting of %s with its default, and nothing else',
    (service, schema) => {
      const defaults = schema.parse({}) as Record<string, string | number | boolean | readonly string[] | undefined>;
      const expected = Object.keys(schema.shape).map((name) => [name, (defaults[name] ?? '').toString()]);
      expect({ ...both, ...own[service] }).toEqual(Object.fromEntries(expected));
    },
  );

  it.each(Object.entries(SERVICES))('and every setting of %s says what it is for', (_, schema) => {
    for (const setting of Object.values(schema.shape)) expect(descriptionOf(setting)).toMatch(/.{10}/);
  });

  it('lists nothing twice', () => {
    for (const settings of Object.values(own))
      for (const name of Object.keys(settings)) expect(Object.keys(both)).not.toContain(name);
  });
});
