import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventResource } from '#contracts';
import { type TestSession, until } from '#testing';
import { AttachmentsApp } from './testing/attachments-app.js';
import { PDF, PNG, pngOf } from './testing/files.js';

const MIB = 1024 * 1024;

describe.each(['disk', 'S3'] as const)('attachments on %s', (store) => {
  let app: AttachmentsApp;
  let ada: TestSession;
  let event: EventResource;

  beforeAll(async () => {
    app = await AttachmentsApp.start(store);
    ada = await app.session({ username: 'ada' });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    event = await app.createEvent(ada);
  });
  afterEach(async () => {
    await app.clear();
  });

  const attach = async (content: Buffer = PNG, name?: string): Promise<EventResource> => {
    const { body } = await app.attach(event, ada, content, name).expect(200);
    return body as EventResource;
  };
  const idOf = ({ attachment_url: url }: EventResource): string => url?.split('/').at(-1) ?? '';
  const expectNothingLeft = async (): Promise<void> => {
    await until(async () => expect(await app.arriving()).toEqual([]));
    expect(await app.stored()).toEqual([]);
    expect(await app.known()).toEqual([]);
  };

  it('are what their event points to, and the change of the event is like any other', async () => {
    const attached = await attach();
    expect(attached).toMatchObject({ id: event.id, version: 2 });
    expect(attached.attachment_url).toMatch(/^http:\/\/usher\.test\/v1\/attachments\/[0-9a-f]{24}$/);
    expect(await app.stored()).toEqual([idOf(attached)]);
    expect(await app.arriving()).toEqual([]);
    const entries = await app.connection
      .collection('event_log')
      .find({ stream: `event/${event.id}` })
      .toArray();
    expect(entries.at(-1)).toMatchObject({
      type: 'usher.event.updated',
      version: 2,
      actor: { username: 'ada' },
      data: { changed: ['attachment_url'], event: { attachment_url: attached.attachment_url } },
    });
  });

  it('come back as they were', async () => {
    const content = pngOf(10 * MIB);
    const attached = await attach(content, 'Плакат.png');
    const { headers, content: downloaded } = await app.fetchAttachment(attached);
    expect(downloaded.equals(content)).toBe(true);
    expect(headers.get('content-type')).toBe('image/png');
    expect(headers.get('content-disposition')).toMatch(/^attachment; .*filename\*=UTF-8''%D0%9F/);
  });

  it('go when they are replaced', async () => {
    const first = await attach();
    const second = await attach(PDF, 'programme.pdf');
    await app.download(first).expect(404);
    expect(await app.sweeper.removeDue()).toBe(1);
    expect(await app.stored()).toEqual([idOf(second)]);
    expect(await app.known()).toEqual([idOf(second)]);
    expect((await app.fetchAttachment(second)).content.equals(PDF)).toBe(true);
  });

  it('go when their event is deleted', async () => {
    const attached = await attach();
    await app.http.delete(`/v1/events/${event.id}`).set(ada.headers).expect(204);
    await app.download(attached).expect(404);
    app.now = app.hours(1);
    expect(await app.sweeper.removeDue()).toBe(1);
    await expectNothingLeft();
  });

  it('go when their event points elsewhere, and stay as long as it does not', async () => {
    const attached = await attach();
    app.now = app.hours(1);
    expect(await app.sweeper.removeDue()).toBe(0);
    await app.download(attached).expect(store === 'disk' ? 200 : 302);
    const patch = { attachment_url: 'https://example.com/flyer.png' };
    await app.http.patch(`/v1/events/${event.id}`).set(ada.headers).send(patch).expect(200);
    await app.download(attached).expect(404);
    app.now = app.hours(1);
    expect(await app.sweeper.removeDue()).toBe(1);
    await expectNothingLeft();
  });

  it('leave nothing behind where the event was deleted while they were sent', async () => {
    const upload = app.beginUpload(event, ada);
    upload.write(pngOf(MIB));
    await until(async () => expect(await app.arriving()).toHaveLength(1));
    await app.http.delete(`/v1/events/${event.id}`).set(ada.headers).expect(204);
    upload.finish();
    expect(await upload.answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
    app.now = app.hours(0.1);
    await app.sweeper.removeDue();
    await expectNothingLeft();
  });

  it('that are sent at the same time do not take each other away', async () => {
    await attach();
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.attach(event, ada, PNG)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await app.sweeper.removeDue();
    const { body } = await app.http.get(`/v1/events/${event.id}`).expect(200);
    expect((await app.fetchAttachment(body as EventResource)).content).toEqual(PNG);
    app.now = app.hours(1);
    await app.sweeper.removeDue();
    expect(await app.stored()).toEqual([idOf(body as EventResource)]);
  });

  it.each([
    ['of a type that is not taken', Buffer.from('<!doctype html><script>alert(1)</script>'), 415],
    ['of one byte too many', pngOf(10 * MIB + 1), 413],
    ['empty', Buffer.alloc(0), 400],
  ])('leave nothing behind if they are %s', async (_, content, status) => {
    await app.attach(event, ada, content).expect(status);
    await expectNothingLeft();
  });

  it('leave nothing behind if they break off', async () => {
    const upload = app.beginUpload(event, ada);
    upload.write(pngOf(MIB));
    await until(async () => expect(await app.arriving()).toHaveLength(1));
    upload.abort();
    await expectNothingLeft();
  });
});
