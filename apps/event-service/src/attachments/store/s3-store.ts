import { open } from 'node:fs/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Attachment } from '../attachment.js';
import { contentHeaders } from '../download/content-headers.js';
import type { SpooledFile } from '../upload/spool.js';
import type { AttachmentStore, Whereabouts } from './attachment-store.js';
import type { S3Settings } from './s3-settings.js';
import { storeUnavailable } from './store-unavailable.js';

const CONNECTION_TIMEOUT_MS = 5_000;
/** For one operation with all its attempts. */
const PATIENCE_MS = 60_000;
/** How long a download may be begun after it was asked for. */
const ADDRESS_SECONDS = 300;

/** What fails is thrown, and logged by whom it concerns. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Objects in a bucket of S3, or of anything that speaks like it. The bucket can be private: downloads are signed. */
export class S3Store implements AttachmentStore, OnApplicationShutdown {
  private readonly client: S3Client;

  constructor(private readonly settings: S3Settings) {
    const { endpoint, region, forcePathStyle, accessKeyId, secretAccessKey } = settings;
    this.client = new S3Client({
      ...(endpoint === undefined ? {} : { endpoint }),
      region,
      forcePathStyle,
      credentials: { accessKeyId, secretAccessKey },
      logger: SILENT,
      requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS },
      // Checksums in trailers, which are the default, are beyond much that speaks S3.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  /** One request of known length, streamed from the spool: S3 keeps all of it or nothing, and there are no parts to abort. */
  async put(attachment: Attachment, { path, size }: SpooledFile): Promise<void> {
    const headers = contentHeaders(attachment);
    await patiently(async (timeout) => {
      await using file = await open(path);
      const unreadable = new AbortController();
      const command = new PutObjectCommand({
        ...this.object(attachment.id),
        Body: file.createReadStream().once('error', (error) => unreadable.abort(error)),
        ContentLength: size,
        ContentType: headers['content-type'],
        ContentDisposition: headers['content-disposition'],
      });
      await this.client.send(command, { abortSignal: AbortSignal.any([timeout, unreadable.signal]) });
    });
  }

  async locate(id: string, method: string): Promise<Whereabouts> {
    const command = method === 'HEAD' ? new HeadObjectCommand(this.object(id)) : new GetObjectCommand(this.object(id));
    return { url: await getSignedUrl(this.client, command, { expiresIn: ADDRESS_SECONDS }) };
  }

  async remove(id: string): Promise<void> {
    const command = new DeleteObjectCommand(this.object(id));
    await patiently((abortSignal) => this.client.send(command, { abortSignal }));
  }

  /** Requests in flight are finished by now. */
  onApplicationShutdown(): void {
    this.client.destroy();
  }

  private object(id: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: `attachments/${id}` };
  }
}

async function patiently(send: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  try {
    await send(AbortSignal.timeout(PATIENCE_MS));
  } catch (cause) {
    throw storeUnavailable(cause);
  }
}
