import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { CurrentPrincipal, OptionalPrincipal, type Principal } from '#auth';
import { SCOPES } from '#contracts';
import { startTestApp, type TestApp } from '#testing';
import { answer, Endpoint, Id, IfMatch, pageQuery, type Precondition } from './index.js';

const noteBody = z.strictObject({
  title: z.string().min(1),
  priority: z.number().optional(),
  tags: z.array(z.strictObject({ name: z.string() })).optional(),
});
const listQuery = z.strictObject({ ...pageQuery, tag: z.string().optional() });
const noteAnswer = z.object({ id: z.string() });
const ID = 'a'.repeat(24);

@Controller('v1/notes')
class NotesController {
  @Get('whoami')
  @Endpoint({ summary: 'Who', answers: z.object({ id: z.string() }) })
  whoami(@CurrentPrincipal() principal: Principal) {
    return { id: principal.id, secret: 'left out' };
  }

  @Get('open')
  @Endpoint({ summary: 'Open', access: 'anyone', answers: z.object({ id: z.string().nullable() }) })
  open(@OptionalPrincipal() principal?: Principal) {
    return { id: principal?.id ?? null };
  }

  @Get('anonymous')
  @Endpoint({ summary: 'Anonymous', access: 'anonymous', answers: z.object({}) })
  anonymous() {
    return {};
  }

  @Get('admin')
  @Endpoint({ summary: 'Admin', access: 'admin', answers: z.object({}) })
  admin() {
    return {};
  }

  @Get('publishers')
  @Endpoint({ summary: 'Publishers', access: 'admin', scope: 'bus:publish', answers: z.object({}) })
  publishers() {
    return {};
  }

  @Get('subscribers')
  @Endpoint({ summary: 'Subscribers', description: 'All.', scope: 'subscriptions:write', answers: z.object({}) })
  subscribers() {
    return {};
  }

  @Get('fault')
  @Endpoint({ summary: 'Fault', access: 'anyone' })
  fault(): never {
    throw new Error('secret detail');
  }

  @Get('text/:id')
  @Endpoint({ summary: 'Text', access: 'anyone', answersText: 'text/csv' })
  text(@Id() id: string) {
    return answer(`id\n${id}\n`, { version: 3 });
  }

  @Get('slow')
  @Endpoint({ summary: 'Slow', access: 'anyone', answers: z.object({ done: z.boolean() }) })
  async slow() {
    await delay(300);
    return { done: true };
  }

  @Post()
  @Endpoint({ summary: 'Create', access: 'anyone', status: 201, answers: noteBody })
  create(@Body({ schema: noteBody }) body: z.infer<typeof noteBody>) {
    return answer(body, { location: `/v1/notes/${ID}`, version: 1 });
  }

  @Get()
  @Endpoint({ summary: 'List', access: 'anyone', answersPageOf: z.object({ n: z.int() }) })
  list(@Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    return { data: [{ n: query.limit }], next_cursor: query.cursor === undefined ? 'abc' : null };
  }

  @Get(':id')
  @Endpoint({ summary: 'One', access: 'anyone', answers: noteAnswer })
  read(@Id() id: string) {
    return answer({ id }, { version: 3 });
  }

  @Patch(':id')
  @Endpoint({ summary: 'Change', access: 'anyone', answers: noteAnswer })
  change(@Id() id: string, @IfMatch() precondition: Precondition) {
    precondition.require(3);
    return answer({ id }, { version: 4 });
  }

  @Delete(':id')
  @Endpoint({ summary: 'Remove', access: 'anyone' })
  remove(@Id() _id: string): void {}
}

const PUBLIC_URL = 'http://usher.test';

describe('an HTTP application', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({
      controllers: [NotesController],
      settings: { publicUrl: PUBLIC_URL, corsOrigins: ['http://console.test'] },
      api: { title: 'Notes', description: 'Notes.', version: '1.0.0' },
    });
  });
  afterAll(() => test.close());

  const expectProblem = (
    response: { status: number; headers: Record<string, string>; body: Record<string, unknown> },
    status: number,
    code: string,
  ): void => {
    expect(response.body).toMatchObject({ status, code, type: `${PUBLIC_URL}/problems/${code}` });
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.body['trace_id']).toMatch(/^[0-9a-f]{32}$/);
    expect(response.body['instance']).toMatch(/^\/v1\//);
    expect(response.headers['x-request-id']).toBeTruthy();
  };
  const post = (body: string, type = 'application/json') =>
    test.http.post('/v1/notes').set('content-type', type).send(body);

  describe('refuses bad bodies with a problem', () => {
    it.each([
      ['broken JSON', '{', 'malformed-request'],
      ['two JSON texts', '{}{}', 'malformed-request'],
      ['a prototype key', '{"title":"x","__proto__":{"a":1}}', 'malformed-request'],
      ['a nested prototype key', '{"title":"x","tags":[{"__proto__":{"a":1}}]}', 'malformed-request'],
      ['a constructor with a prototype', '{"title":"x","constructor":{"prototype":{}}}', 'malformed-request'],
      ['60,000 levels of arrays', '['.repeat(60_000) + ']'.repeat(60_000), 'malformed-request'],
      ['20,000 levels of objects', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000), 'malformed-request'],
      ['nothing', '', 'validation-failed'],
      ['null', 'null', 'validation-failed'],
      ['an array', '[]', 'validation-failed'],
      ['a string', '"title"', 'validation-failed'],
      ['a number', '1', 'validation-failed'],
      ['a number beyond all numbers', '{"title":"x","priority":1e999}', 'validation-failed'],
      ['NUL', '{"title":"a\\u0000b"}', 'validation-failed'],
      ['a lone surrogate', '{"title":"\\ud800"}', 'validation-failed'],
      ['a lone surrogate in a name', '{"title":"x","\\udc00":1}', 'validation-failed'],
      ['an operator', '{"title":{"$ne":null}}', 'validation-failed'],
    ])('%s', async (_, body, code) => {
      expectProblem(await post(body), 400, code);
    });

    it.each([
      ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
      ['UTF-16', Buffer.from('{"title":"x"}', 'utf16le')],
    ])('%s', async (_, body) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${test.url}/v1/notes`, { method: 'POST', headers, body });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'malformed-request' });
    });

    it.each([
      ['form data', 'application/x-www-form-urlencoded', 'title=x'],
      ['text', 'text/plain', 'x'],
      ['XML', 'application/xml', '<x/>'],
      ['multipart', 'multipart/form-data; boundary=x', '--x--'],
    ])('%s is 415', async (_, type, body) => {
      expectProblem(await post(body, type), 415, 'unsupported-media-type');
    });

    it('what is compressed is 415', async () => {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      const body = gzipSync('{"title":"x"}');
      const response = await fetch(`${test.url}/v1/notes`, { method: 'POST', headers, body });
      expect(response.status).toBe(415);
    });

    it('takes 256 KiB and not a byte more', async () => {
      const body = (bytes: number): string => `{"title":"${'x'.repeat(bytes - 12)}"}`;
      expect((await post(body(262_144))).status).toBe(201);
      expectProblem(await post(body(262_145)), 413, 'payload-too-large');
    });

    it('points at what is wrong, unknown members included', async () => {
      const body = { priority: '1', 'a/b~c': 1, constructor: 1, tags: [{ name: 'x' }, { nam: 'x' }] };
      const { body: problem } = await post(JSON.stringify(body));
      const errors = problem as { errors: { pointer: string; message: string }[] };
      expect(errors.errors.map(({ pointer }) => pointer).sort()).toEqual(
        ['/a~1b~0c', '/constructor', '/priority', '/tags/1/nam', '/tags/1/name', '/title'].sort(),
      );
      expect(errors.errors).toContainEqual({ pointer: '/tags/1/nam', message: 'is not known here' });
    });

    it('takes JSON with a charset, a byte order mark, and as a merge patch', async () => {
      expect((await post('{"title":"é"}', 'application/json; charset=utf-8')).status).toBe(201);
      expect((await post('\uFEFF{"title":"é"}')).status).toBe(201);
      expect((await post('{"title":"é"}', 'application/merge-patch+json')).status).toBe(201);
    });
  });

  describe('refuses bad queries and paths with a problem', () => {
    it.each([
      ['limit=0', '/query/limit'],
      ['limit=101', '/query/limit'],
      ['limit=-1', '/query/limit'],
      ['limit=1.5', '/query/limit'],
      ['limit=', '/query/limit'],
      ['limit=1&limit=2', '/query/limit'],
      ['limit[$gt]=1', '/query/limit[$gt]'],
      ['unknown=1', '/query/unknown'],
      ['__proto__=1', '/query/__proto__'],
      ['constructor=1', '/query/constructor'],
      ['tag=a&tag=b', '/query/tag'],
      ['tag=%00', '/query/tag'],
    ])('?%s', async (query, pointer) => {
      const response = await test.http.get(`/v1/notes?${query}`);
      expectProblem(response, 400, 'validation-failed');
      expect((response.body as { errors: unknown[] }).errors).toEqual([expect.objectContaining({ pointer })]);
    });

    it.each(['zz', 'A'.repeat(24), 'a'.repeat(23), 'a'.repeat(25), 'x'.repeat(150), '%00', '..', '%2e%2e%2f'])(
      'an id that is none is 404: %s',
      async (id) => {
        const response = await fetch(`${test.url}/v1/notes/${id}`);
        expect(response.status).toBe(404);
        expect(response.headers.get('content-type')).toBe('application/problem+json');
      },
    );

    it('a malformed escape is 400', async () => {
      expectProblem(await test.http.get('/v1/notes/%zz'), 400, 'malformed-request');
    });

    it('an unknown path is 404, a known one with another method 405 with Allow', async () => {
      expectProblem(await test.http.get('/v1/nothing?x=1'), 404, 'not-found');
      const refused = await test.http.put('/v1/notes');
      expectProblem(refused, 405, 'method-not-allowed');
      expect(refused.headers['allow']).toBe('GET, HEAD, POST');
      expect((await test.http.post(`/v1/notes/${ID}`)).headers['allow']).toBe('DELETE, GET, HEAD, PATCH');
    });
  });

  it.each([
    ['no HTTP', 'GARBAGE\r\n\r\n', 'This is not an HTTP request.'],
    ['a method nobody knows', 'BREW /v1/notes HTTP/1.1\r\nHost: x\r\n\r\n', 'This is not an HTTP request.'],
    ['headers of 20 KB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 'The headers are too large.'],
  ])('answers %s with a problem too', async (_, raw, detail) => {
    const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
    socket.write(raw);
    const received: Buffer[] = [];
    for await (const chunk of socket as AsyncIterable<Buffer>) received.push(chunk);
    const [head, body] = Buffer.concat(received).toString().split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
    expect(JSON.parse(body ?? '')).toMatchObject({ code: 'malformed-request', status: 400, detail });
  });

  it('hides what a fault was, and tells its trace', async () => {
    const response = await test.http.get('/v1/notes/fault');
    expectProblem(response, 500, 'internal-error');
    expect(response.text).not.toContain('secret');
  });

  it('leaves members out that the answer’s schema does not know', async () => {
    const { headers, user } = await test.tokens.session();
    expect((await test.http.get('/v1/notes/whoami').set(headers)).body).toEqual({ id: user.id });
  });

  it('answers text as what it is, and what is wrong as a problem', async () => {
    const { headers, text } = await test.http.get(`/v1/notes/text/${ID}`).expect(200);
    expect(headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8', etag: '"3"' });
    expect(text).toBe(`id\n${ID}\n`);
    expectProblem(await test.http.get('/v1/notes/text/x'), 404, 'not-found');
    const { body } = await test.http.get('/openapi.json').expect(200);
    expect(body).toHaveProperty(['paths', '/v1/notes/text/{id}', 'get', 'responses', '200', 'content'], {
      'text/csv': { schema: { type: 'string' } },
    });
  });

  describe('lists', () => {
    it('have a default limit, and a link to the next page that keeps the query', async () => {
      const first = await test.http.get('/v1/notes?tag=x');
      expect(first.body).toEqual({ data: [{ n: 20 }], next_cursor: 'abc' });
      expect(first.headers['link']).toBe(`<${PUBLIC_URL}/v1/notes?tag=x&cursor=abc>; rel="next"`);
      const last = await test.http.get('/v1/notes?cursor=abc&limit=100');
      expect(last.body).toEqual({ data: [{ n: 100 }], next_cursor: null });
      expect(last.headers['link']).toBeUndefined();
    });
  });

  describe('entity tags', () => {
    const read = (name: string, value: string) => test.http.get(`/v1/notes/${ID}`).set(name, value);
    const change = (name: string, value: string) => test.http.patch(`/v1/notes/${ID}`).set(name, value);

    it.each(['"3"', 'W/"3"', '"1", "3"', '*', ' "x" , W/"3" '])('If-None-Match: %s is 304', async (field) => {
      const response = await read('If-None-Match', field);
      expect(response.status).toBe(304);
      expect(response.headers['etag']).toBe('"3"');
      expect(response.text).toBe('');
    });

    it.each(['"2"', 'nonsense', '3'])('If-None-Match: %s is 200', async (field) => {
      expect((await read('If-None-Match', field)).status).toBe(200);
    });

    it.each(['"3"', '*', '"1","3"'])('If-Match: %s lets a change through', async (field) => {
      const response = await change('If-Match', field);
      expect(response.status).toBe(200);
      expect(response.headers['etag']).toBe('"4"');
    });

    it.each(['"2"', 'W/"3"', '3', 'nonsense', '"1", "2"'])('If-Match: %s is 412', async (field) => {
      expectProblem(await change('If-Match', field), 412, 'precondition-failed');
      expect((await read('If-Match', field)).status).toBe(412);
    });

    it('If-None-Match: * refuses a change of what is there', async () => {
      expectProblem(await change('If-None-Match', '*'), 412, 'precondition-failed');
    });
  });

  describe('access', () => {
    const as = (url: string, authorization?: string) => {
      const request = test.http.get(url);
      return authorization === undefined ? request : request.set('authorization', authorization);
    };

    it('needs signing in where nothing else is said', async () => {
      const response = await as('/v1/notes/whoami');
      expectProblem(response, 401, 'unauthenticated');
      expect(response.headers['www-authenticate']).toBe('Bearer realm="usher"');
    });

    it('refuses a bad token, on open routes too, but does not look at any on anonymous ones', async () => {
      for (const url of ['/v1/notes/whoami', '/v1/notes/open'])
        for (const header of ['Bearer nonsense', 'Basic YTpi', 'Bearer', 'Bearer a b']) {
          const response = await as(url, header);
          expectProblem(response, 401, 'invalid-token');
          expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="usher", error="invalid_token"/);
        }
      expect((await as('/v1/notes/anonymous', 'Bearer nonsense')).status).toBe(200);
      expect((await as('/health/live', 'Bearer nonsense')).status).toBe(200);
    });

    it('recognises a caller on open routes', async () => {
      const { headers, user } = await test.tokens.session();
      expect((await as('/v1/notes/open', headers.authorization)).body).toEqual({ id: user.id });
      expect((await as('/v1/notes/open')).body).toEqual({ id: null });
    });

    it('keeps admin routes for admins', async () => {
      const user = await test.tokens.session();
      const admin = await test.tokens.session({ roles: ['user', 'admin'] });
      expectProblem(await as('/v1/notes/admin', user.headers.authorization), 403, 'forbidden');
      expect((await as('/v1/notes/admin', admin.headers.authorization)).status).toBe(200);
      expectProblem(await as('/v1/notes/admin'), 401, 'unauthenticated');
    });

    it('lets service clients in by scope, and tells them which one they lack', async () => {
      const publisher = (await test.tokens.client('bus:read', 'bus:publish')).headers.authorization;
      const other = (await test.tokens.client('bus:read')).headers.authorization;
      const admin = (await test.tokens.client('admin')).headers.authorization;
      for (const client of [publisher, admin]) expect((await as('/v1/notes/publishers', client)).status).toBe(200);
      for (const [path, scope] of [
        ['publishers', 'bus:publish'],
        ['subscribers', 'subscriptions:write'],
        ['admin', 'admin'],
      ]) {
        const refused = await as(`/v1/notes/${path}`, other);
        expectProblem(refused, 403, 'insufficient-scope');
        expect(refused.headers['www-authenticate']).toBe(
          `Bearer realm="usher", error="insufficient_scope", error_description="This needs a token with the scope ${scope}.", scope="${scope}"`,
        );
      }
      expect((await as('/v1/notes/admin', admin)).status).toBe(200);
    });

    it('lets people in where clients need a scope, all or admins', async () => {
      const user = (await test.tokens.session()).headers.authorization;
      const admin = (await test.tokens.session({ roles: ['user', 'admin'] })).headers.authorization;
      expect((await as('/v1/notes/subscribers', user)).status).toBe(200);
      const refused = await as('/v1/notes/publishers', user);
      expectProblem(refused, 403, 'forbidden');
      expect(refused.headers['www-authenticate']).toBeUndefined();
      expect((await as('/v1/notes/publishers', admin)).status).toBe(200);
      expectProblem(await as('/v1/notes/publishers'), 401, 'unauthenticated');
    });

    it('refuses service clients, whatever their scopes, where only people have any business', async () => {
      const client = (await test.tokens.client(...SCOPES)).headers.authorization;
      for (const path of ['whoami', 'open']) {
        const refused = await as(`/v1/notes/${path}`, client);
        expectProblem(refused, 403, 'forbidden');
        expect(refused.headers['www-authenticate']).toBeUndefined();
      }
      expect((await as('/v1/notes', client)).status).toBe(200);
    });
  });

  describe('every answer', () => {
    it('names its request, taking the caller’s name for it where that is sane', async () => {
      const get = (id: string) => test.http.get('/v1/notes').set('x-request-id', id);
      expect((await get('abc-1')).headers['x-request-id']).toBe('abc-1');
      for (const bad of ['a b', 'x'.repeat(129), '<script>', '"'])
        expect((await get(bad)).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('continues the caller’s trace, or starts one', async () => {
      const traceId = '0af7651916cd43dd8448eb211c80319c';
      const response = await test.http.get('/v1/nothing').set('traceparent', `00-${traceId}-b7ad6b7169203331-01`);
      expect((response.body as { trace_id: string }).trace_id).toBe(traceId);
      expect(response.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
      const fresh = await test.http.get('/v1/nothing').set('traceparent', 'nonsense');
      expect(fresh.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    });

    it('carries security headers', async () => {
      const { headers } = await test.http.get('/v1/notes');
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect(headers['x-powered-by']).toBeUndefined();
    });

    it('lets listed origins read it, and no others', async () => {
      const get = (origin: string) => test.http.get('/v1/notes').set('origin', origin);
      expect((await get('http://console.test')).headers['access-control-allow-origin']).toBe('http://console.test');
      expect((await get('http://evil.test')).headers['access-control-allow-origin']).toBeUndefined();
      const preflight = await test.http
        .options('/v1/notes')
        .set({ origin: 'http://console.test', 'access-control-request-method': 'PATCH' });
      expect(preflight.status).toBe(204);
      expect(preflight.headers['access-control-allow-methods']).toContain('PATCH');
      expect(preflight.headers['x-request-id']).toBeTruthy();
    });
  });

  it('measures requests by route pattern', async () => {
    await test.http.get(`/v1/notes/${ID}`);
    const { text } = await test.http.get('/metrics');
    expect(text).toContain('route="/v1/notes/:id"');
    expect(text).not.toContain(ID);
  });

  it('describes itself in OpenAPI 3.1, and shows it as a page that needs no network', async () => {
    const { body } = await test.http.get('/openapi.json');
    expect(body).toMatchObject({ openapi: '3.1.0', servers: [{ url: PUBLIC_URL }] });
    const { paths } = body as { paths: Record<string, Record<string, { security: unknown; responses: object }>> };
    expect(paths['/v1/notes/whoami']?.['get']?.security).toEqual([{ bearer: [] }]);
    expect(paths['/v1/notes']?.['post']?.security).toEqual([{}, { bearer: [] }]);
    expect(paths['/v1/notes/admin']?.['get']?.security).toEqual([{ bearer: ['admin'] }]);
    expect(paths['/v1/notes/subscribers']?.['get']).toMatchObject({
      security: [{ bearer: ['subscriptions:write'] }],
      description: 'All.\n\nFor people, and service clients with the scope `subscriptions:write`.',
      responses: { 403: { description: expect.stringMatching(/^`insufficient-scope`: [^;]+$/) as unknown } },
    });
    expect(Object.keys(paths['/v1/notes']?.['post']?.responses ?? {})).toEqual([
      '201',
      '400',
      '401',
      '409',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(paths['/v1/notes']?.['post']).toMatchObject({
      parameters: [{ name: 'Idempotency-Key', in: 'header', required: false }],
    });
    expect(JSON.stringify(body)).not.toContain('x-usher');
    const page = await test.http.get('/docs');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/(?:src|href)="https?:/);
    for (const [, asset] of page.text.matchAll(/(?:src|href)="\.\/([^"]+)"/g))
      expect((await test.http.get(`/${asset}`)).status).toBe(200);
  });

  it('explains every problem, to people and to programs', async () => {
    const json = await test.http.get('/problems/rate-limited');
    expect(json.body).toMatchObject({ code: 'rate-limited', status: 429 });
    const page = await test.http.get('/problems/rate-limited').set('accept', 'text/html');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('Retry-After');
    expect(((await test.http.get('/problems')).body as { data: unknown[] }).data.length).toBeGreaterThan(20);
    expect((await test.http.get('/problems/nonsense')).status).toBe(404);
  });
});

describe('a shutdown', () => {
  it('lets the request in flight finish, and ends its kept-alive connection', async () => {
    const test = await startTestApp({ controllers: [NotesController] });
    const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write('GET /v1/notes/slow HTTP/1.1\r\nHost: usher.test\r\n\r\n');
    await delay(100);
    await test.close();
    await ended;
    const answered = Buffer.concat(received).toString();
    expect(answered).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answered).toMatch(/connection: close/i);
    expect(answered).toContain('{"done":true}');
  });
});
