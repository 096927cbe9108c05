import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SCOPES } from '#contracts';
import { newId } from '#kernel';
import { person } from './messages.js';
import { TestBed } from './test-bed.js';

let bed: TestBed;
let token: string;
beforeAll(async () => {
  bed = await TestBed.start();
  token = await bed.clientToken(...SCOPES);
}, 60_000);
afterAll(() => bed.close());

interface Described {
  paths: Record<string, Record<string, { security: readonly { bearer?: readonly string[] }[] }>>;
}

/** What every route that asks for a token answers to a client with every scope, by whether it takes clients at all. */
async function walk(takesClients: boolean): Promise<Record<string, string>> {
  const { paths } = (await (await fetch(`${bed.url()}/openapi.json`)).json()) as Described;
  const answers: Record<string, string> = {};
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { security }] of Object.entries(methods)) {
      const scopes = security[0]?.bearer;
      if (security.length !== 1 || scopes === undefined || scopes.length > 0 !== takesClients) continue;
      const answer = await fetch(bed.url() + path.replaceAll(/\{\w+\}/g, newId()), {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${token}` },
      });
      const { code = '' } = (await answer.json().catch(() => ({}))) as { code?: string };
      answers[`${method.toUpperCase()} ${path}`] = `${answer.status} ${code}`;
    }
  return answers;
}

it('a service client is refused wherever people read, follow and listen', async () => {
  const answers = await walk(false);
  expect(answers).toMatchObject({
    'GET /v1/notifications': '403 forbidden',
    'GET /v1/notifications/stream': '403 forbidden',
    'PUT /v1/follows/{event_id}': '403 forbidden',
    'PUT /v1/preferences': '403 forbidden',
    'POST /v1/devices': '403 forbidden',
  });
  expect(new Set(Object.values(answers))).toEqual(new Set(['403 forbidden']));
});

it('a service client with every scope is not refused where scopes are asked for, and makes nothing fail', async () => {
  expect(Object.entries(await walk(true)).filter(([, answer]) => /^(?:401|403|5)/.test(answer))).toEqual([]);
});

it('a service client gets no socket', async () => {
  const refused = { data: { code: 'forbidden', detail: 'This is for people, not for service clients.' } };
  await expect(bed.listen(person('nobody'), { token })).rejects.toMatchObject(refused);
});

it('a person’s socket is not prolonged by a service client’s token', async () => {
  const { socket } = await bed.listen(person('ada'));
  const answer: unknown = await socket.timeout(5_000).emitWithAck('authenticate', { token });
  expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden' } });
});
