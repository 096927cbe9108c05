import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventResource } from '#contracts';
import { newId } from '#kernel';
import { type TestSession, until } from '#testing';
import { AttachmentsApp } from './testing/attachments-app.js';
import { PNG } from './testing/files.js';

let app: AttachmentsApp;
let ada: TestSession;
let event: EventResource;

beforeAll(async () => {
  app = await AttachmentsApp.start('disk');
  ada = await app.session();
});
afterAll(() => app.stop());
beforeEach(async () => {
  app.now = new Date();
  await app.clear();
  event = await app.createEvent(ada);
});

const attach = async (): Promise<string> => {
  const { body } = await app.attach(event, ada, PNG).expect(200);
  return (body as EventResource).attachment_url?.split('/').at(-1) ?? '';
};
/** An upload that is about to be linked, or never was: its process died. */
const leaveUnlinked = async (): Promise<string> => {
  const id = newId();
  const attachment = { id, event_id: event.id, name: 'a.png', type: 'image/png', size: 1, created_at: app.now };
  await app.repository.announce(attachment, app.hours(0.1));
  await app.putIntoStore(id);
  return id;
};

describe('the sweeper', () => {
  it('leaves an upload alone that goes on while another one is done', async () => {
    const first = await attach();
    const pending = await leaveUnlinked();
    const second = await attach();
    expect(await app.sweeper.removeDue()).toBe(1);
    expect((await app.stored()).sort()).toEqual([pending, second].sort());
    expect(await app.known()).not.toContain(first);
  });

  it('removes an upload that nobody finished', async () => {
    const linked = await attach();
    await leaveUnlinked();
    app.now = app.hours(0.1);
    expect(await app.sweeper.removeDue()).toBe(1);
    expect(await app.stored()).toEqual([linked]);
    expect(await app.known()).toEqual([linked]);
  });

  it('goes on where one died between the file and what is known of it', async () => {
    const id = await leaveUnlinked();
    await app.loseFiles();
    app.now = app.hours(0.1);
    expect(await app.sweeper.removeDue()).toBe(1);
    expect(await app.known()).not.toContain(id);
  });

  it('puts off what it cannot remove, and does not keep the others waiting', async () => {
    const stuck = await leaveUnlinked();
    await app.obstruct(stuck);
    app.now = app.hours(0.05);
    const other = await leaveUnlinked();
    app.now = app.hours(0.1);
    await expect(app.sweeper.removeDue()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await app.sweeper.removeDue()).toBe(1);
    expect(await app.known()).toEqual([stuck]);
    expect(await app.stored()).not.toContain(other);
    await app.clearTheWay(stuck);
    app.now = app.hours(1);
    expect(await app.sweeper.removeDue()).toBe(1);
    expect(await app.known()).toEqual([]);
  });

  it('removes each of them once, however many sweep at a time', async () => {
    for (let n = 0; n < 10; n += 1) await leaveUnlinked();
    app.now = app.hours(0.1);
    const removed = await Promise.all([1, 2, 3].map(() => app.sweeper.removeDue()));
    expect(removed.reduce((sum, count) => sum + count)).toBe(10);
    expect(await app.stored()).toEqual([]);
  });

  it('works by itself, and clears away what a process that died had begun to receive', async () => {
    const id = await leaveUnlinked();
    await app.leaveArriving();
    const upload = app.beginUpload(event, ada);
    upload.write(PNG);
    await until(async () => expect(await app.arriving()).toHaveLength(2));
    app.now = app.hours(0.1);
    app.sweeper.start(1);
    await until(async () => {
      expect(await app.known()).not.toContain(id);
      expect(await app.arriving()).toHaveLength(1);
    });
    app.sweeper.start(60_000);
    upload.abort();
  });
});
