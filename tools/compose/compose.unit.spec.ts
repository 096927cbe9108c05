import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { readSettings } from '#http';
import { settingsSchema as eventService } from '../../apps/event-service/src/config.js';
import { settingsSchema as notificationService } from '../../apps/notification-service/src/config.js';

const scalar = z.union([z.string(), z.number(), z.null()]).transform((value) => String(value ?? ''));
const composeSchema = z.object({
  services: z.record(z.string(), z.object({ environment: z.record(z.string(), scalar), ports: z.array(z.string()) })),
});

/** The file as Compose sees it where the environment sets nothing: `${NAME:-default}` is the default. */
const interpolated = readFileSync('docker-compose.yml', 'utf8').replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
const { services } = composeSchema.parse(parse(interpolated, { merge: true }));
const dockerfile = readFileSync('Dockerfile', 'utf8');

describe('docker-compose.yml', () => {
  it.each([
    ['event-service', eventService],
    ['notification-service', notificationService],
  ] as const)('gives %s each of its settings, with defaults that it accepts', (name, schema: z.ZodObject) => {
    const { environment } = services[name]!;
    const settings = Object.keys(schema.shape).filter((setting) => setting !== 'PORT'); // the image's own business
    expect(Object.keys(environment).sort()).toEqual(settings.sort());
    expect(() => readSettings(schema, environment)).not.toThrow();
  });

  it('publishes ports on loopback only', () => {
    for (const { ports } of Object.values(services)) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(['event-service', 'notification-service'])('publishes the port that the image of %s listens on', (name) => {
    const [, port] = new RegExp(`AS ${name}\nENV PORT=(\\d+)\nEXPOSE \\1\n`).exec(dockerfile) ?? [];
    expect(services[name]!.ports).toEqual([`127.0.0.1:${port}:${port}`]);
  });
});
