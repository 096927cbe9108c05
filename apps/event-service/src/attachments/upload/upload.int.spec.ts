import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import type { EventResource } from '#contracts';
import { type TestSession, until } from '#testing';
import { AttachmentsApp } from '../testing/attachments-app.js';
import { PNG, pngOf } from '../testing/files.js';

let app: AttachmentsApp;
let ada: TestSession;
let eve: TestSession;
let event: EventResource;
let path: string;

beforeAll(async () => {
  app = await AttachmentsApp.start('disk');
  ada = await app.session();
  eve = await app.session();
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.clear();
  event = await app.createEvent(ada);
  path = `/v1/events/${event.id}/attachment`;
});

const refusal = (status: number, code: string) => ({ status, body: { code } });

describe('POST /v1/events/:id/attachment', () => {
  it('is for the creator and for admins', async () => {
    await app.attach(event, ada, PNG).expect(200);
    const admin = await app.session({ roles: ['user', 'admin'] });
    await app.attach(event, admin, PNG).expect(200);
    expect(await app.attach(event, eve, PNG)).toMatchObject(refusal(403, 'forbidden'));
    expect(await app.http.post(path).attach('file', PNG, 'a.png')).toMatchObject(refusal(401, 'unauthenticated'));
  });

  it('answers with the event and its entity tag', async () => {
    const { body, headers } = await app.attach(event, ada, PNG).expect(200);
    const current = await app.http.get(`/v1/events/${event.id}`).expect(200, body as object);
    expect(headers['etag']).toBe(current.headers['etag']);
  });

  describe('refuses before the file is sent', () => {
    const cases: [string, number, string, () => Promise<[{ id: string }, TestSession?]>][] = [
      ['nobody', 401, 'unauthenticated', async () => [event]],
      ['somebody else', 403, 'forbidden', async () => [event, eve]],
      ['an event that there is not', 404, 'not-found', async () => [{ id: newId() }, ada]],
      ['what is no event', 404, 'not-found', async () => [{ id: 'x' }, ada]],
      [
        'a canceled event',
        409,
        'event-not-scheduled',
        async () => {
          await app.http.post(`/v1/events/${event.id}/cancel`).set(ada.headers).expect(200);
          return [event, ada];
        },
      ],
    ];
    it.each(cases)('%s', async (_, status, code, prepare) => {
      const upload = app.beginUpload(...(await prepare()));
      expect(await upload.answer).toMatchObject(refusal(status, code));
      expect(await app.arriving()).toEqual([]);
      upload.abort();
    });
  });

  it('writes the file down while it arrives', async () => {
    const upload = app.beginUpload(event, ada);
    let sent = 0;
    for (let round = 0; round < 3; round += 1) {
      upload.write(round === 0 ? pngOf(300_000) : Buffer.alloc(300_000));
      sent += 300_000;
      // The last few bytes may turn out to belong to a boundary.
      await until(async () => expect(await app.bytesArrived()).toBeGreaterThan(sent - 70_000));
    }
    upload.finish();
    expect(await upload.answer).toMatchObject({ status: 200 });
  });

  it('refuses a file that is too large while it arrives', async () => {
    const upload = app.beginUpload(event, ada);
    upload.write(pngOf(10 * 1024 * 1024 + 1));
    expect(await upload.answer).toMatchObject(refusal(413, 'payload-too-large'));
    expect(await app.arriving()).toEqual([]);
    upload.abort();
  });

  it('reads on after a refusal, for there are clients that look for the answer when all is sent', async () => {
    const upload = app.beginUpload(event, ada);
    for (let mebibytes = 0; mebibytes < 40; mebibytes += 1) upload.write(Buffer.alloc(1024 * 1024));
    expect(await upload.answer).toMatchObject(refusal(413, 'payload-too-large'));
    upload.finish();
    await upload.sent;
  });

  it('takes a file for an event that is over', async () => {
    app.now = app.hours(48);
    await app.completeEvents();
    const { body } = await app.attach(event, ada, PNG).expect(200);
    expect(body).toMatchObject({ status: 'completed', version: 3 });
  });

  it('honours If-Match, before and after the file was sent', async () => {
    await app.attach(event, ada, PNG).set('if-match', '"1"').expect(200);
    expect(await app.attach(event, ada, PNG).set('if-match', '"1"')).toMatchObject(refusal(412, 'precondition-failed'));

    const upload = app.beginUpload(event, ada, { headers: { 'if-match': '"2"' } });
    upload.write(PNG);
    await until(async () => expect(await app.arriving()).toHaveLength(1));
    await app.http.patch(`/v1/events/${event.id}`).set(ada.headers).send({ title: 'Changed' }).expect(200);
    upload.finish();
    expect(await upload.answer).toMatchObject(refusal(412, 'precondition-failed'));
  });

  it('judges a file by its content, not by its name or declared type', async () => {
    const html = Buffer.from('<!doctype html><script>alert(1)</script>');
    const declared = { filename: 'flyer.png', contentType: 'image/png' };
    const disguised = app.http.post(path).set(ada.headers).attach('file', html, declared);
    expect(await disguised).toMatchObject(refusal(415, 'unsupported-media-type'));
    const honest = { filename: 'page.html', contentType: 'text/html' };
    const { body } = await app.http.post(path).set(ada.headers).attach('file', PNG, honest).expect(200);
    const { headers } = await app.download(body as EventResource).expect(200);
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'attachment; filename=page.html.png',
    });
  });

  it.each<[string, (request: ReturnType<AttachmentsApp['attach']>) => unknown]>([
    ['no file', (request) => request.field('title', 'Flyer')],
    ['a field beside it', (request) => request.attach('file', PNG, 'a.png').field('title', 'Flyer')],
    ['two files', (request) => request.attach('file', PNG, 'a.png').attach('file', PNG, 'b.png')],
    ['an empty file', (request) => request.attach('file', Buffer.alloc(0), 'a.png')],
  ])('refuses %s', async (_, fill) => {
    const request = app.http.post(path).set(ada.headers);
    fill(request);
    const { status, body } = await request;
    expect({ status, body }).toMatchObject(refusal(400, 'validation-failed'));
    expect(body).toMatchObject({ errors: [{ pointer: '/file' }] });
    expect(await app.known()).toEqual([]);
  });

  it.each([
    ['no boundary', 'multipart/form-data', 'x', 400, 'malformed-request'],
    ['no parts', 'multipart/form-data; boundary=x', 'x', 400, 'malformed-request'],
    ['nothing', 'multipart/form-data; boundary=x', '', 400, 'malformed-request'],
    ['JSON', 'application/json', '{}', 415, 'unsupported-media-type'],
    ['the bare file', 'image/png', PNG.toString('latin1'), 415, 'unsupported-media-type'],
  ])('refuses a body of %s', async (_, type, content, status, code) => {
    const request = app.http.post(path).set({ ...ada.headers, 'content-type': type });
    expect(await request.send(content)).toMatchObject(refusal(status, code));
  });

  it('refuses no body at all', async () => {
    expect(await app.http.post(path).set(ada.headers)).toMatchObject(refusal(415, 'unsupported-media-type'));
  });

  it('does not keep its answer for an idempotency key: another file is another request', async () => {
    const urls = [];
    for (const content of [PNG, pngOf(200)]) {
      const { body, headers } = await app.attach(event, ada, content).set('idempotency-key', 'one').expect(200);
      expect(headers).not.toHaveProperty('idempotency-replayed');
      urls.push((body as EventResource).attachment_url);
    }
    expect(new Set(urls).size).toBe(2);
  });

  it('answers 503 where files cannot be written, and takes them when they can be again', async () => {
    await app.breakSpool();
    expect(await app.attach(event, ada, PNG)).toMatchObject(refusal(503, 'unavailable'));
    await app.mendSpool();
    await app.attach(event, ada, PNG).expect(200);
  });
});

describe('other routes', () => {
  it.each([
    ['post', '/v1/events'],
    ['patch', `/v1/events/${newId()}`],
    ['post', `/v1/events/${newId()}/cancel`],
  ] as const)('take no forms: %s %s', async (method, url) => {
    const response = await app.http[method](url).set(ada.headers).attach('file', PNG, 'a.png');
    expect(response).toMatchObject(refusal(415, 'unsupported-media-type'));
  });

  it('that are not there stay 404, and methods that are not stay 405', async () => {
    expect(await app.http.post('/v1/nothing').attach('file', PNG, 'a.png')).toMatchObject(refusal(404, 'not-found'));
    expect(await app.http.put(path).attach('file', PNG, 'a.png')).toMatchObject(refusal(405, 'method-not-allowed'));
  });
});
