import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { createMailbox } from './server.js';

const mailbox = createMailbox();
beforeAll(() => mailbox.listen({ port: 0, smtpPort: 0, host: '127.0.0.1' }));
afterAll(() => mailbox.close());

const get = (path: string) => fetch(mailbox.url + path);

it('shows what it is given, as text and in a frame that may do nothing', async () => {
  const transport = createTransport({ url: mailbox.smtpUrl });
  const attachments = [{ filename: 'event.ics', content: 'BEGIN:VCALENDAR' }];
  const subject = '<img src=x onerror=alert(1)> ☕';
  const html = '<p>Hello <script>alert(1)</script></p>';
  await transport.sendMail({
    from: 'usher@localhost',
    to: 'ada@example.com',
    subject,
    html,
    text: 'Hello',
    attachments,
  });

  const [mail, ...others] = (await (await get('/mails?to=ada@example.com')).json()) as { id: string }[];
  expect(others).toEqual([]);
  expect(mail).toMatchObject({ from: 'usher@localhost', to: ['ada@example.com'], subject });
  expect(await (await get('/mails?to=eve@example.com')).json()).toEqual([]);

  const { id } = mail!;
  for (const path of ['/', `/mails/${id}/page`]) {
    const page = await get(path);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(await page.text()).not.toMatch(/<img|<script/);
  }
  expect(await (await get(`/mails/${id}/page`)).text()).toContain(`<iframe sandbox src="/mails/${id}/html"`);
  expect((await get(`/mails/${id}/html`)).headers.get('content-security-policy')).toMatch(
    /^sandbox; default-src 'none'/,
  );
  expect(await (await get(`/mails/${id}`)).json()).toMatchObject({
    html: expect.stringContaining('Hello') as unknown as string,
  });
  expect(await (await get(`/mails/${id}/attachments/0`)).text()).toMatch(/^BEGIN:VCALENDAR\s*$/);
  expect((await get('/mails/nothing')).status).toBe(404);
  expect((await fetch(`${mailbox.url}/mails`, { method: 'DELETE' })).status).toBe(204);
  expect(await (await get('/mails')).json()).toEqual([]);
});
