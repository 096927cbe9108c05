import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningSystem } from '#testing';

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start();
}, 60_000);

afterAll(async () => {
  await system.stop();
});

describe('what running services say of themselves', () => {
  it.each([
    ['events', 'openapi.json', 'event-service.openapi.json'],
    ['notifications', 'openapi.json', 'notification-service.openapi.json'],
    ['notifications', 'asyncapi.json', 'notification-service.asyncapi.json'],
  ] as const)('is, for %s at /%s, what docs/api/%s says', async (service, path, file) => {
    const answer = await fetch(`${system.urls[service]}/${path}`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toEqual(JSON.parse(await readFile(`docs/api/${file}`, 'utf8')));
  });

  it('is a page as well, allowed to load nothing from elsewhere', async () => {
    const answer = await fetch(`${system.urls.notifications}/asyncapi`);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await answer.text()).toContain('<h1>Usher: notification-service');
  });
});
