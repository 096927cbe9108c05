import type { Config } from '../../config.js';

export interface S3Settings {
  /** AWS itself where it is left out. */
  endpoint: string | undefined;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  forcePathStyle: boolean;
}

/** What the S3 store needs; undefined where attachments stay on the disk. The settings come together or not at all. */
export function s3SettingsOf(config: Config): S3Settings | undefined {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config;
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const { S3_ENDPOINT: endpoint, S3_REGION: region, S3_FORCE_PATH_STYLE: forcePathStyle } = config;
  return { endpoint, region, bucket, accessKeyId, secretAccessKey, forcePathStyle };
}
