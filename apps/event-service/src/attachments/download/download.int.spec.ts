import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'content-disposition';
import type { EventResource } from '#contracts';
import { newId } from '#kernel';
import type { TestSession } from '#testing';
import { AttachmentsApp } from '../testing/attachments-app.js';
import { PNG } from '../testing/files.js';

describe('GET /v1/attachments/:id', () => {
  let app: AttachmentsApp;
  let ada: TestSession;
  let event: EventResource;
  let path: string;

  beforeAll(async () => {
    app = await AttachmentsApp.start('disk');
    ada = await app.session();
    const { body } = await app.attach(await app.createEvent(ada), ada, PNG, 'flyer.png').expect(200);
    event = body as EventResource;
    path = new URL(event.attachment_url ?? '').pathname;
  });
  afterAll(() => app.stop());

  it('is open to anyone, and lets nobody but the user open what it gives', async () => {
    const { body, headers } = await app.http.get(path).expect(200);
    expect(body).toEqual(PNG);
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(PNG.length),
      'content-disposition': 'attachment; filename=flyer.png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-frame-options': 'DENY',
    });
  });

  it('answers HEAD with the same headers', async () => {
    const { headers } = await app.http.head(path).expect(200);
    expect(headers).toMatchObject({ 'content-type': 'image/png', 'content-length': String(PNG.length) });
  });

  it('answers 304 where the client has it', async () => {
    const { headers } = await app.http.get(path);
    expect(headers['cache-control']).toBe('public, max-age=0');
    for (const condition of [{ 'if-none-match': headers['etag'] }, { 'if-modified-since': headers['last-modified'] }])
      await app.http
        .get(path)
        .set(condition as Record<string, string>)
        .expect(304);
    await app.http.get(path).set('if-none-match', '"another"').expect(200);
    const { body } = await app.http.get(path).set('if-match', '"another"').expect(412);
    expect(body).toMatchObject({ code: 'precondition-failed' });
  });

  it('gives ranges', async () => {
    const { body, headers } = await app.http.get(path).set('range', 'bytes=1-3').expect(206);
    expect((body as Buffer).toString()).toBe('PNG');
    expect(headers).toMatchObject({ 'content-range': `bytes 1-3/${PNG.length}`, 'content-type': 'image/png' });
    await app.http.get(path).set('range', 'bytes=9999-').expect(200);
  });

  it.each([newId(), 'x', '..%2f..%2fetc%2fpasswd', 'incoming'])('knows nothing of %s', async (id) => {
    const { body } = await app.http.get(`/v1/attachments/${id}`).expect(404);
    expect(body).toMatchObject({ code: 'not-found' });
  });

  const attachNamed = async (fileName: string) => {
    const upload = app.beginUpload(event, ada, { fileName });
    upload.write(PNG);
    upload.finish();
    return upload.answer;
  };

  it.each([
    ['filename="../../../etc/passwd"', 'passwd.png'],
    ['filename="evil.exe"', 'evil.exe.png'],
    ['filename="a\\"; filename=\\"evil.exe"', 'a ; filename= evil.exe.png'],
    [`filename*=UTF-8''%D0%9F%D0%BB%D0%B0%D0%BA%D0%B0%D1%82%20%F0%9F%8E%B7.png`, 'Плакат 🎷.png'],
    [`filename*=UTF-8''a%22%3B%20filename%3D%22evil.exe`, 'a ; filename= evil.exe.png'],
    [`filename*=UTF-8''%E2%80%AEgnp.exe`, 'gnp.exe.png'],
  ])('offers %s under a name that does no harm', async (given, name) => {
    const { status, body } = await attachNamed(given);
    expect(status).toBe(200);
    const { headers } = await app.download(body as EventResource).expect(200);
    const { type, parameters } = parse(headers['content-disposition'] ?? '');
    expect({ type, name: parameters['filename'] }).toEqual({ type: 'attachment', name });
  });

  it('takes no name that would break a header', async () => {
    const { status } = await attachNamed(`filename*=UTF-8''a%0D%0ASet-Cookie:%20a=b.png`);
    expect(status).toBe(400);
  });

  it('answers 404 where the file is lost', async () => {
    const { body } = await app.attach(event, ada, PNG).expect(200);
    await app.loseFiles();
    const { body: problem } = await app.download(body as EventResource).expect(404);
    expect(problem).toMatchObject({ code: 'not-found' });
  });
});

describe('GET /v1/attachments/:id with S3', () => {
  let app: AttachmentsApp;
  let event: EventResource;

  beforeAll(async () => {
    app = await AttachmentsApp.start('S3');
    const ada = await app.session();
    const { body } = await app.attach(await app.createEvent(ada), ada, PNG).expect(200);
    event = body as EventResource;
  });
  afterAll(() => app.stop());

  it('redirects to an address that is signed for minutes, and may not be kept', async () => {
    const { headers } = await app.download(event).expect(302);
    expect(headers['cache-control']).toBe('no-store');
    const response = await fetch(headers['location'] ?? '');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'attachment; filename=flyer.png',
    });
  });

  it('redirects HEAD to an address that answers HEAD', async () => {
    const { pathname } = new URL(event.attachment_url ?? '');
    const { headers } = await app.http.head(pathname).redirects(0).expect(302);
    expect((await fetch(headers['location'] ?? '', { method: 'HEAD' })).status).toBe(200);
  });
});
