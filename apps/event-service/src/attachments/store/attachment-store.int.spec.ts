import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../config.js';
import type { Attachment } from '../attachment.js';
import { S3Server } from '../testing/s3-server.js';
import type { AttachmentStore } from './attachment-store.js';
import { DiskStore } from './disk-store.js';
import { s3SettingsOf } from './s3-settings.js';
import { S3Store } from './s3-store.js';

interface Stage {
  store: AttachmentStore;
  /** The same, where what it needs is not there. */
  broken: AttachmentStore;
  /** The ids of the files that it keeps. */
  ids: () => Promise<string[]>;
}

const ONE = '1'.repeat(24);
const TWO = '2'.repeat(24);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-store-'));
});
afterAll(() => rm(directory, { recursive: true }));

const attachmentOf = (id: string): Attachment => ({
  id,
  event_id: 'e'.repeat(24),
  name: 'Плакат.png',
  type: 'image/png',
  size: 0,
  created_at: new Date(),
});

async function spooled(content: Buffer): Promise<{ path: string; size: number }> {
  const path = join(directory, `spooled-${Math.random()}`);
  await writeFile(path, content);
  return { path, size: content.length };
}

async function contentOf(store: AttachmentStore, id: string): Promise<Buffer | undefined> {
  const place = await store.locate(id, 'GET');
  if ('path' in place) return readFile(place.path).catch(() => undefined);
  const response = await fetch(place.url);
  return response.status === 200 ? Buffer.from(await response.arrayBuffer()) : undefined;
}

/** What every store of attachments has to do. */
function storesAttachments(stage: () => Stage): void {
  it.each([1, 70_000, 10 * 1024 * 1024])('keeps a file of %d bytes as it is', async (size) => {
    const content = Buffer.alloc(size, 'usher');
    await stage().store.put(attachmentOf(ONE), await spooled(content));
    expect((await contentOf(stage().store, ONE))?.equals(content)).toBe(true);
  });

  it('keeps files apart, and removes the one that is meant', async () => {
    const { store, ids } = stage();
    await store.put(attachmentOf(ONE), await spooled(Buffer.from('one')));
    await store.put(attachmentOf(TWO), await spooled(Buffer.from('two')));
    await store.remove(ONE);
    expect(await ids()).toEqual([TWO]);
    expect(await contentOf(store, ONE)).toBeUndefined();
    expect((await contentOf(store, TWO))?.toString()).toBe('two');
  });

  it('removes what is not there, as often as asked', async () => {
    const { store, ids } = stage();
    await store.remove(TWO);
    await store.remove(TWO);
    expect(await ids()).toEqual([]);
  });

  it('keeps nothing where there is no file', async () => {
    const { store, ids } = stage();
    await expect(store.put(attachmentOf(ONE), { path: join(directory, 'none'), size: 3 })).rejects.toThrow();
    expect(await ids()).toEqual([]);
  });

  it('says that it is not available, and that trying again may help', async () => {
    const { broken } = stage();
    const put = broken.put(attachmentOf(ONE), await spooled(Buffer.from('x')));
    await expect(put).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });
}

describe('the disk', () => {
  let stage: Stage;
  beforeAll(async () => {
    const files = await mkdtemp(join(directory, 'disk-'));
    stage = {
      store: new DiskStore(files),
      broken: new DiskStore(join(files, 'gone')),
      ids: () => readdir(files),
    };
  });

  storesAttachments(() => stage);
});

describe('S3', () => {
  let stage: Stage;
  let server: S3Server;
  beforeAll(async () => {
    server = await S3Server.start();
    stage = { store: s3(), broken: s3({ S3_BUCKET: 'another' }), ids: () => server.ids() };
  });
  afterAll(() => server.stop());

  const s3 = (changed: Record<string, string> = {}): S3Store =>
    new S3Store(s3SettingsOf(readConfig({ ...server.settings, ...changed }))!);
  const urlOf = async (method: string): Promise<string> => {
    const place = await stage.store.locate(ONE, method);
    return 'url' in place ? place.url : '';
  };

  storesAttachments(() => stage);

  it('tells who downloads what it is', async () => {
    await stage.store.put(attachmentOf(ONE), await spooled(Buffer.from('one')));
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await fetch(await urlOf(method), { method });
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('image/png');
      expect(headers.get('content-disposition')).toContain(`filename*=UTF-8''%D0%9F`);
    }
  });

  it('signs its addresses, for minutes', async () => {
    const url = new URL(await urlOf('GET'));
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
    url.searchParams.set('X-Amz-Signature', '0'.repeat(64));
    expect((await fetch(url)).status).toBe(403);
  });

  it('gives up where the file cannot be read', async () => {
    const put = stage.store.put(attachmentOf(TWO), { path: directory, size: 3 });
    await expect(put).rejects.toMatchObject({ code: 'unavailable' });
    expect(await stage.ids()).toEqual([ONE]);
  });

  it.each([
    ['cannot be reached', { S3_ENDPOINT: 'http://127.0.0.1:1' }],
    ['does not accept the key', { S3_SECRET_ACCESS_KEY: 'another' }],
  ])('is not available where it %s', async (_, changed) => {
    const store = s3(changed);
    const unavailable = { code: 'unavailable', retryable: true };
    await expect(store.put(attachmentOf(TWO), await spooled(Buffer.from('x')))).rejects.toMatchObject(unavailable);
    await expect(store.remove(ONE)).rejects.toMatchObject(unavailable);
    expect(await stage.ids()).toEqual([ONE]);
  });
});
