import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Problem } from '#http';
import { newId, systemClock } from '#kernel';
import { until } from '#testing';
import { answers, floods, hangs } from '../../test/receiver.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import { HttpCalls } from './effects/call.js';
import { MAX_DEPTH } from './runs/run.js';
import { CLAIM_MS } from './runs/runner.js';
import type { RunAnswer } from './runs/runs.dto.js';
import { RunsRepository } from './runs/runs.repository.js';
import { order, payment, pause, publish } from './testing/workflows.js';
import { WorkflowsBed } from './testing/workflows-bed.js';

const PAID = 'com.acme.payment.received';
const USER = '66ef0000000000000000000b';

let bed: WorkflowsBed;
beforeAll(async () => {
  bed = await WorkflowsBed.start();
}, 30_000);
afterEach(async () => {
  jest.restoreAllMocks();
  for (const name of ['workflows', 'workflow_runs']) await bed.connection.collection(name).deleteMany({});
});
afterAll(() => bed.close());

const becomes = (workflow: { id: string }, expected: object): Promise<void> =>
  until(async () => expect(await bed.runOf(workflow)).toMatchObject(expected));

const told = (run: RunAnswer): string[] => run.history.map(({ what, step }) => [what, step].filter(Boolean).join(' '));

describe('a workflow', () => {
  it('waits for an event, then publishes, notifies and calls, and tells all of it', async () => {
    const shop = await bed.receiver();
    shop.answering = (response) =>
      void response.writeHead(201, { 'content-type': 'application/json' }).end('{"parcel":"p-7"}');
    const workflow = await bed.make([
      payment('paid'),
      {
        id: 'ship',
        kind: 'call',
        url: `${shop.url}/\${event.data.number}`,
        headers: { authorization: 'Bearer secret', 'x-by': '${event.source}' },
        body: { total: '${event.data.total}', paid: '${steps.paid.event.data.amount}' },
      },
      {
        id: 'tell',
        kind: 'notify',
        users: ['${event.data.user}'],
        title: 'Sent',
        message: 'As ${steps.ship.body.parcel}',
      },
      {
        id: 'sent',
        kind: 'publish',
        type: 'com.acme.order.sent',
        subject: '${event.subject}',
        data: '${steps.ship.body}',
      },
    ]);
    await bed.happen({ subject: 'orders/1', data: { number: 'a/b', total: 12.5, user: USER } });
    await becomes(workflow, { status: 'running', step: 'paid', waiting_for: [PAID] });
    await bed.happen({ type: PAID, subject: 'orders/2' }, { type: PAID, subject: 'orders/1', data: { amount: 12 } });
    await becomes(workflow, { status: 'completed' });
    const run = await bed.runOf(workflow);
    expect(shop.received).toMatchObject([
      {
        method: 'POST',
        path: '/hook/a%2Fb',
        headers: { authorization: 'Bearer secret', 'x-by': '/shop', 'idempotency-key': `${run.id}.ship` },
        body: '{"total":12.5,"paid":12}',
      },
    ]);
    expect(run.outputs).toMatchObject({ ship: { status: 201, body: { parcel: 'p-7' } }, tell: { users: 1 } });
    expect(told(run)).toEqual([
      'run.started',
      'step.waiting paid',
      'step.succeeded paid',
      'step.succeeded ship',
      'step.succeeded tell',
      'step.succeeded sent',
      'run.completed',
    ]);
    await until(async () => {
      expect(await bed.archived('com.acme.order.sent')).toMatchObject([
        {
          id: `${run.id}.sent`,
          source: `/workflows/${workflow.id}`,
          subject: 'orders/1',
          data: { parcel: 'p-7' },
          workflowdepth: 1,
        },
      ]);
      const { data } = await bed.first.app.get(NotificationsService).history(USER, { limit: 10 });
      expect(data.map(({ payload }) => payload)).toMatchObject([
        {
          notification_type: 'workflow.message',
          event: { id: run.id, title: 'Sent' },
          message: 'As p-7',
          user: 'system',
        },
      ]);
    });
  });

  it('takes an event that came before it waited, even in the same batch, and each event once', async () => {
    const workflow = await bed.make([payment('first'), payment('second')]);
    await bed.happen(
      { type: PAID, subject: 'orders/3', data: { amount: 0 } },
      { subject: 'orders/3' },
      { type: PAID, subject: 'orders/3', data: { amount: 1 } },
    );
    await becomes(workflow, { step: 'second' });
    await bed.happen({ type: PAID, subject: 'orders/3', data: { amount: 2 } });
    await becomes(workflow, {
      status: 'completed',
      outputs: { first: { event: { data: { amount: 1 } } }, second: { event: { data: { amount: 2 } } } },
    });
  });

  it('goes on without an event that does not come in time, and decides by that', async () => {
    const steps = [
      payment('paid', { on_timeout: 'continue' }),
      {
        id: 'late',
        kind: 'when',
        condition: 'steps.paid.timed_out',
        then: [publish('reminded')],
        else: [publish('thanked')],
      },
    ];
    const workflow = await bed.make(steps);
    await bed.happen({ subject: 'orders/4' });
    await becomes(workflow, { step: 'paid' });
    await until(async () =>
      expect(await bed.connection.collection('workflow_runs').countDocuments({ 'wait.checked': true })).toBe(1),
    );
    // It comes before anybody has seen that the time is over.
    const late = { ...order({ type: PAID, subject: 'orders/4' }), id: newId() };
    await bed.happenAt(new Date(bed.now().getTime() + 16 * 60_000), late);
    await becomes(workflow, { status: 'completed', outputs: { paid: { timed_out: true }, late: true } });
    expect((await bed.runOf(workflow)).outputs).not.toHaveProperty('thanked');
  });

  it('waits for as long as it is told to', async () => {
    const workflow = await bed.make([pause('a', 'P1D'), publish('b')]);
    await bed.happen({ subject: 'orders/5' });
    await becomes(workflow, { step: 'a' });
    bed.pass(23 * 60);
    await bed.happen({ type: 'com.acme.something' });
    await becomes(workflow, { step: 'a', status: 'running' });
    bed.pass(61);
    await becomes(workflow, { status: 'completed' });
  });

  it('calls again while that may help, under one key, and fails where it does not; an operator has it go on', async () => {
    const shop = await bed.receiver();
    shop.answering = answers(503);
    const workflow = await bed.make([{ id: 'ship', kind: 'call', url: shop.url }, publish('sent')]);
    await bed.happen({ subject: 'orders/6' });
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await until(() => expect(shop.received).toHaveLength(attempt));
      await until(async () => expect((await bed.runOf(workflow)).history).toHaveLength(attempt + 1));
      bed.pass(12);
    }
    await becomes(workflow, { status: 'failed', step: 'ship' });
    expect(shop.received).toHaveLength(5);
    const { id, history } = await bed.runOf(workflow);
    expect(history.at(-1)).toMatchObject({ what: 'step.failed', attempt: 5, detail: 'The receiver answered 503.' });
    shop.answering = answers(204);
    await bed.send('post', `/v1/workflow-runs/${id}/retry`).expect(202);
    await becomes(workflow, { status: 'completed', outputs: { ship: { status: 204, body: null } } });
    expect(new Set(shop.received.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set([`${id}.ship`]));
    await bed.send('post', `/v1/workflow-runs/${id}/retry`).expect(409);
  });

  it('fails at once where trying again cannot help, and says why', async () => {
    const shop = await bed.receiver();
    shop.answering = answers(404);
    const refused = await bed.make([{ id: 'ship', kind: 'call', url: shop.url }]);
    const wrong = await bed.make([
      { id: 'sent', kind: 'publish', type: 'com.acme.sent', data: '${event.data.nothing}' },
    ]);
    await bed.happen({});
    await becomes(refused, { status: 'failed', step: 'ship' });
    await becomes(wrong, { status: 'failed', step: 'sent' });
    expect((await bed.runOf(refused)).history.at(-1)?.detail).toBe('The receiver answered 404.');
    expect((await bed.runOf(wrong)).history.at(-1)?.detail).toBe('No such key: nothing');
    expect(shop.received).toHaveLength(1);
  });

  it('is canceled in the middle, and does nothing more', async () => {
    const workflow = await bed.make([pause('a'), publish('never')]);
    await bed.happen({});
    await becomes(workflow, { step: 'a' });
    const { id } = await bed.runOf(workflow);
    const canceled = await bed.send('post', `/v1/workflow-runs/${id}/cancel`).expect(200);
    expect(canceled.body).toMatchObject({ status: 'canceled', next_at: null });
    expect((canceled.body as RunAnswer).history.at(-1)).toMatchObject({ what: 'run.canceled', detail: 'by ada' });
    bed.pass(20);
    await bed.happen({ type: 'com.acme.something' });
    expect(await bed.runsOf(workflow, '?status=running')).toEqual([]);
    expect(await bed.archived('com.acme.never')).toEqual([]);
  });

  it('does not go round for ever', async () => {
    const workflow = await bed.make([{ id: 'again', kind: 'publish', type: 'com.acme.order.placed' }]);
    const after = await bed.make([publish('after')], { trigger: { types: ['com.acme.round.over'] } });
    await bed.happen({ workflowdepth: MAX_DEPTH - 2 });
    await until(async () => expect(await bed.runsOf(workflow, '?status=completed')).toHaveLength(2));
    await until(async () =>
      expect((await bed.archived('com.acme.order.placed')).at(-1)).toMatchObject({ workflowdepth: 10 }),
    );
    await bed.happen({ type: 'com.acme.round.over' });
    await becomes(after, { status: 'completed' });
    expect(await bed.runsOf(workflow)).toHaveLength(2);
  });
});

describe('a call', () => {
  const send = async (url: string, allowed = true, timeout = 5_000) => {
    const calls = new HttpCalls({ WEBHOOK_ALLOW_PRIVATE: allowed }, systemClock);
    const call = { method: 'POST', url, headers: {}, body: null } as const;
    return calls.send(call, AbortSignal.timeout(timeout)).finally(() => calls.onApplicationShutdown());
  };

  it('goes to public addresses only', async () => {
    const shop = await bed.receiver();
    expect(await send(shop.url, false)).toMatchObject({ kind: 'failed', detail: expect.stringMatching(/non-public/) });
    expect(shop.received).toEqual([]);
  });

  it('knows so much of an answer and no more', async () => {
    const shop = await bed.receiver();
    shop.answering = floods;
    expect(await send(shop.url)).toEqual({ kind: 'done', output: { status: 200, body: null }, detail: '200' });
    shop.answering = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{');
    expect(await send(shop.url)).toMatchObject({ kind: 'done', output: { body: null } });
  });

  it('is worth another attempt where the other side is in trouble, and not where it says no', async () => {
    const shop = await bed.receiver();
    shop.answering = answers(429, { 'retry-after': '7' });
    expect(await send(shop.url)).toEqual({ kind: 'again', detail: 'The receiver answered 429.', retryAfter: 7 });
    shop.answering = answers(302, { location: shop.url });
    expect(await send(shop.url)).toMatchObject({ kind: 'failed' });
    shop.answering = hangs;
    expect(await send(shop.url, true, 100)).toMatchObject({ kind: 'again', detail: 'The receiver took too long.' });
  });
});

describe('when an instance dies', () => {
  it('with a run in hand, another goes on with it after a while, and what it had done has one effect', async () => {
    const shop = await bed.receiver();
    const workflow = await bed.make([{ id: 'ship', kind: 'call', url: shop.url }, publish('sent')]);
    const save = jest.spyOn(bed.first.app.get(RunsRepository), 'save');
    // As far as the database can tell, it dies after the call.
    save.mockRejectedValueOnce(new Error('It is dead.'));
    await bed.happen({ subject: 'orders/8' });
    await until(() => expect(save).toHaveBeenCalledTimes(1));
    expect(await bed.runOf(workflow)).toMatchObject({ step: 'ship', outputs: {} });
    bed.pass(CLAIM_MS / 60_000);
    await becomes(workflow, { status: 'completed' });
    expect(shop.received).toHaveLength(2);
    const { id } = await bed.runOf(workflow);
    expect(shop.received.map(({ headers }) => headers['idempotency-key'])).toEqual([`${id}.ship`, `${id}.ship`]);
  });

  it('after it has published something, that is published once', async () => {
    const workflow = await bed.make([publish('twice')]);
    const save = jest.spyOn(bed.first.app.get(RunsRepository), 'save').mockRejectedValueOnce(new Error('It is dead.'));
    await bed.happen({});
    await until(() => expect(save).toHaveBeenCalled());
    bed.pass(CLAIM_MS / 60_000);
    await becomes(workflow, { status: 'completed' });
    await until(async () => expect(await bed.archived('com.acme.twice')).toHaveLength(1));
    expect(await bed.connection.collection('bus_outbox').countDocuments({ type: 'com.acme.twice' })).toBe(1);
  });

  it('another follows the archive and goes on with every run: those that wait, and those in the middle of a call', async () => {
    const shop = await bed.receiver();
    shop.answering = hangs;
    const waiting = await bed.make([payment('paid'), publish('done')]);
    const calling = await bed.make([{ id: 'ship', kind: 'call', url: shop.url, timeout: 'PT30S' }]);
    await bed.happen({ subject: 'orders/9' });
    await becomes(waiting, { step: 'paid' });
    await until(() => expect(shop.received).toHaveLength(1));
    const { first } = bed;
    await bed.addInstance();
    await bed.stop(first);
    shop.answering = answers(200);
    await bed.happen({ type: PAID, subject: 'orders/9' });
    await becomes(waiting, { status: 'completed' });
    await becomes(calling, { status: 'completed' });
  }, 20_000);
});

describe('the routes', () => {
  const body = { name: 'Orders', trigger: { types: ['com.acme.order.placed'] }, steps: [publish('a')] };

  it('make, show, change and delete a workflow', async () => {
    const made = await bed.send('post', '/v1/workflows', body).expect(201);
    const { id } = made.body as { id: string };
    expect(made.headers['location']).toBe(`/v1/workflows/${id}`);
    expect(made.body).toMatchObject({ ...body, enabled: true, version: 1, created_by: { username: 'ada' } });
    const stale = bed.send('patch', `/v1/workflows/${id}`, { name: 'Other' }).set('if-match', '"7"');
    await stale.expect(412);
    const changed = await bed.send('patch', `/v1/workflows/${id}`, { enabled: false, name: 'Other' }).expect(200);
    expect(changed.body).toMatchObject({ name: 'Other', enabled: false, version: 2, steps: body.steps });
    await bed.send('patch', `/v1/workflows/${id}`, { enabled: false }).expect(200).expect('etag', /2/);
    expect((await bed.send('get', '/v1/workflows').expect(200)).body).toMatchObject({ data: [{ id, version: 2 }] });
    await bed.send('delete', `/v1/workflows/${id}`).expect(204);
    await bed.send('get', `/v1/workflows/${id}`).expect(404);
    await bed.send('get', `/v1/workflows/${id}/runs`).expect(404);
    await bed.send('get', '/v1/workflow-runs/66ef00000000000000000001').expect(404);
  });

  it('are for admins', async () => {
    const user = await bed.first.tokens.session();
    await bed.first.http.get('/v1/workflows').set(user.headers).expect(403);
    await bed.first.http.post('/v1/workflows').set(user.headers).send(body).expect(403);
  });

  it('tell no header of a call, and keep those that are not given again, while it goes to the same place', async () => {
    const step = {
      id: 'ship',
      kind: 'call',
      url: 'https://shop.example/a',
      headers: { authorization: 'Bearer secret' },
    };
    const { id } = await bed.make([step]);
    const hidden = { steps: [{ id: 'ship', headers: { authorization: null } }] };
    expect((await bed.send('get', `/v1/workflows/${id}`).expect(200)).body).toMatchObject(hidden);
    const stored = await bed.connection.collection<{ _id: string }>('workflows').findOne({ _id: id });
    expect(JSON.stringify(stored)).not.toContain('secret');
    const patch = (url: string) =>
      bed.send('patch', `/v1/workflows/${id}`, { steps: [{ ...step, url, headers: { authorization: null } }] });
    expect((await patch('https://shop.example/b').expect(200)).body).toMatchObject(hidden);
    const elsewhere = await patch('https://evil.example/b').expect(400);
    expect((elsewhere.body as Problem).errors).toMatchObject([{ pointer: '/steps/0/headers/authorization' }]);
  });

  it('begin runs by the version of the time, from then on, and none while it is not enabled', async () => {
    await bed.happen({});
    const workflow = await bed.make([pause('old')]);
    await bed.happen({});
    await becomes(workflow, { step: 'old' });
    expect(await bed.runsOf(workflow)).toHaveLength(1);
    await bed.send('patch', `/v1/workflows/${workflow.id}`, { steps: [pause('new')] }).expect(200);
    await bed.happen({});
    await becomes(workflow, { step: 'new', workflow: { version: 2 } });
    await bed.send('patch', `/v1/workflows/${workflow.id}`, { enabled: false }).expect(200);
    await bed.happen({});
    await bed.send('patch', `/v1/workflows/${workflow.id}`, { enabled: true }).expect(200);
    await bed.happen({});
    await becomes(workflow, { workflow: { version: 4 } });
    expect((await bed.runsOf(workflow)).map((run) => [run.step, run.workflow.version])).toEqual([
      ['new', 4],
      ['new', 2],
      ['old', 1],
    ]);
  });
});
