import { describe, expect, it } from '@jest/globals';
import { NOTIFICATION_TYPES } from '#contracts';
import { exampleData } from '../data/example-data.js';
import { dataSchema, isBookingType } from '../data/template-data.js';
import { ReadyTemplate } from '../rendering/ready-template.js';
import { requirementsOf } from '../requirements.js';
import { TEMPLATE_CHANNELS } from '../template.js';
import { checkTemplate } from '../writing/check-template.js';
import { SEEDS } from './seeds.js';

describe('the templates that come with Usher', () => {
  it('are there for every type, channel and language, each once', () => {
    const keys = new Set(SEEDS.map(({ type, channel, locale }) => `${type} ${channel} ${locale}`));
    expect(keys.size).toBe(SEEDS.length);
    expect(SEEDS).toHaveLength(NOTIFICATION_TYPES.length * TEMPLATE_CHANNELS.length * 5);
  });

  it.each(['en', 'pt', 'es', 'de', 'ar'])('can be saved in %s, and shown to each of their readers', async (locale) => {
    for (const seed of SEEDS.filter((one) => one.locale === locale)) {
      const { type, channel, content } = seed;
      const html = await checkTemplate(seed, content);
      const needs = requirementsOf(type, channel, content);
      const template = new ReadyTemplate({ ...seed, version: 1, needs, saved_by: null, created_at: new Date(0) }, html);
      for (const booked of isBookingType(type) ? [true, false] : [undefined]) {
        const data = exampleData(type, channel);
        if (booked !== undefined) data.reader.booked = booked;
        const parts = Object.values(template.render(data, { locale, timeZone: 'Europe/Berlin' }));
        for (const part of parts) expect(part).not.toMatch(/undefined|\{\{|\}\}|NaN|Invalid/);
        expect(parts.join()).toContain('Analytical evening');
      }
    }
  });

  it.each(NOTIFICATION_TYPES)('the example of %s is all that its templates can ask for', (type) => {
    for (const channel of TEMPLATE_CHANNELS)
      expect(dataSchema(type, channel).parse(exampleData(type, channel))).toEqual(exampleData(type, channel));
  });

  it('ask for nothing of an event that is gone but what was said of it', () => {
    const needsOf = (type: string) =>
      SEEDS.filter((seed) => seed.type === type).flatMap((seed) =>
        requirementsOf(seed.type, seed.channel, seed.content),
      );
    expect([...new Set(needsOf('booking.canceled'))].sort()).toEqual(['booking.seats', 'event.start_time']);
    expect([...new Set(needsOf('workflow.message'))]).toEqual([]);
  });
});
