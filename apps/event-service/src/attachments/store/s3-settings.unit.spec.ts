import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../config.js';
import { s3SettingsOf } from './s3-settings.js';

const KEY = { S3_BUCKET: 'usher', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' };

describe('the settings of S3', () => {
  it('are none by default', () => {
    expect(s3SettingsOf(readConfig({}))).toBeUndefined();
  });

  it('are a bucket and the key to it', () => {
    expect(s3SettingsOf(readConfig(KEY))).toEqual({
      endpoint: undefined,
      region: 'us-east-1',
      bucket: 'usher',
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      forcePathStyle: false,
    });
  });

  it('can lead elsewhere than to AWS', () => {
    const elsewhere = { S3_ENDPOINT: 'http://127.0.0.1:9000', S3_REGION: 'eu', S3_FORCE_PATH_STYLE: 'true' };
    expect(s3SettingsOf(readConfig({ ...KEY, ...elsewhere }))).toMatchObject({
      endpoint: 'http://127.0.0.1:9000',
      region: 'eu',
      forcePathStyle: true,
    });
  });

  it.each([...Object.keys(KEY), 'S3_ENDPOINT'])('%s does nothing alone, and says so', (name) => {
    const alone = { [name]: 'http://127.0.0.1:9000' };
    const missing = Object.keys(KEY).find((other) => other !== name) ?? '';
    expect(() => readConfig(alone)).toThrow(`  ${missing}: must be set together with the other S3 settings`);
  });

  it.each([
    ['S3_ENDPOINT', 'minio:9000', 'must be an http or https URL'],
    ['S3_FORCE_PATH_STYLE', 'perhaps', 'must be true or false'],
  ])('%s is not %j', (name, value, message) => {
    expect(() => readConfig({ ...KEY, [name]: value })).toThrow(`  ${name}: ${message}`);
  });
});
