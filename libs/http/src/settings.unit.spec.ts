import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { commonSettings, readSettings } from './settings.js';

const schema = z.object({
  ...commonSettings,
  PORT: commonSettings.PORT.default(3000),
  PUBLIC_URL: commonSettings.PUBLIC_URL.default('http://localhost:3000'),
  MONGODB_DATABASE: commonSettings.MONGODB_DATABASE.default('usher'),
});

describe('settings', () => {
  it('have defaults for everything, an empty string being none', () => {
    expect(readSettings(schema, { PORT: '', HOME: '/root' })).toMatchObject({
      PORT: 3000,
      TRUST_PROXY: 0,
      CORS_ORIGINS: [],
    });
    expect(readSettings(schema, {})).not.toHaveProperty('HOME');
  });

  it('are read from text', () => {
    const read = readSettings(schema, {
      PORT: '8080',
      CORS_ORIGINS: 'https://a.example, http://b.example:8080',
      PUBLIC_URL: 'https://usher.example/',
      TRUST_PROXY: '2',
    });
    expect(read).toMatchObject({
      PORT: 8080,
      CORS_ORIGINS: ['https://a.example', 'http://b.example:8080'],
      PUBLIC_URL: 'https://usher.example',
      TRUST_PROXY: 2,
    });
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['PORT', '80.5'],
    ['PUBLIC_URL', 'usher.example'],
    ['PUBLIC_URL', 'ftp://usher.example'],
    ['MONGODB_URI', 'localhost'],
    ['RABBITMQ_URL', 'http://localhost'],
    ['LOG_LEVEL', 'loud'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '-1'],
    ['RATE_LIMIT_PER_10S', '0'],
    ['NODE_ENV', 'prod'],
  ])('name what is wrong: %s=%s', (name, value) => {
    expect(() => readSettings(schema, { [name]: value })).toThrow(
      new RegExp(`^Wrong settings.*\n  ${name}: .+ \\(.+\\)$`),
    );
  });

  it('name everything that is wrong at once', () => {
    expect(() => readSettings(schema, { PORT: 'x', LOG_LEVEL: 'x' })).toThrow(/PORT[^]*LOG_LEVEL/);
  });
});
