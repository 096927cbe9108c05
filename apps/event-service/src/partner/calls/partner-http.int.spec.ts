import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { systemClock } from '#kernel';
import { Metrics } from '#observability';
import { silentLogger, until } from '#testing';
import { hang, respond, ScriptedPartner } from '../testing/scripted-partner.js';
import { PartnerHttp } from './partner-http.js';

const call = { operation: 'test', path: '/', answers: z.object({}) };
const never = new AbortController().signal;

let partner: ScriptedPartner;
const clients: PartnerHttp[] = [];
const connect = (connections: number) => {
  const settings = { url: partner.url, timeoutMs: 60_000, connections };
  const client = new PartnerHttp(settings, systemClock, new Metrics('test'), silentLogger());
  clients.push(client);
  return client;
};

beforeAll(async () => {
  partner = await ScriptedPartner.start();
});
afterAll(() => partner.stop());
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

describe('calls to the partner', () => {
  it('wait for their turn when as many are under way as may be', async () => {
    const waiting: (() => void)[] = [];
    partner.does((request, response) => waiting.push(() => respond(200, {})(request, response)));
    const http = connect(3);
    const calls = Array.from({ length: 8 }, () => http.call(call, never));
    for (let answered = 0; answered < calls.length; answered += 1) {
      await until(() => expect(waiting).toHaveLength(Math.min(3, calls.length - answered)));
      waiting.shift()?.();
    }
    await Promise.all(calls);
    expect(partner.received).toHaveLength(8);
    expect(partner.peak).toBe(3);
  });

  it('end at once when they are given up on while they wait, and are never sent', async () => {
    partner.does(hang);
    const http = connect(1);
    const first = http.call(call, never).catch(String);
    await until(() => expect(partner.received).toHaveLength(1));
    const deadline = new AbortController();
    const waiting = http.call({ ...call, path: '/addEvent', body: {} }, deadline.signal);
    deadline.abort(new DOMException('too late', 'TimeoutError'));
    await expect(waiting).rejects.toMatchObject({ kind: 'late' });
    partner.does(respond(200, {}));
    partner.dropConnections();
    await first;
    await http.call(call, never);
    expect(partner.asked('/addEvent')).toEqual([]);
  });

  it('are not begun after the deadline', async () => {
    partner.does(hang);
    const http = connect(1);
    const first = http.call(call, never).catch(String);
    await until(() => expect(partner.received).toHaveLength(1));
    const reason = new DOMException('too late', 'TimeoutError');
    await expect(http.call(call, AbortSignal.abort(reason))).rejects.toMatchObject({ kind: 'late' });
    partner.dropConnections();
    await first;
    expect(partner.received).toHaveLength(1);
  });

  it('use a connection again after success and after failure', async () => {
    const http = connect(1);
    const ports = new Set<number | undefined>();
    for (const status of [200, 500, 404, 200]) {
      partner.does((request, response) => {
        ports.add(response.socket?.remotePort);
        respond(status, {})(request, response);
      });
      await http.call({ ...call, refusals: [404] }, never).catch(() => undefined);
    }
    expect(ports.size).toBe(1);
  });

  it('fail when the client is closed', async () => {
    partner.does(hang);
    const http = connect(1);
    const calling = http.call(call, never);
    const failing = expect(calling).rejects.toMatchObject({ kind: 'failed' });
    await until(() => expect(partner.received).toHaveLength(1));
    await http.close();
    await failing;
  });
});
