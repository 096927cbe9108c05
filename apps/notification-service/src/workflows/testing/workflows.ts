import type { Envelope } from '#contracts';
import type { PublishStep, Step, WaitStep, WhenStep, Workflow } from '../workflow.js';

export const NOON = new Date('2026-11-20T12:00:00.000Z');
export const inMinutes = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);

export const publish = (id: string): PublishStep => ({ id, kind: 'publish', type: `com.acme.${id}` });

export const pause = (id: string, duration = 'PT10M'): WaitStep => ({ id, kind: 'wait', for: duration });

export const payment = (id: string, members: Partial<WaitStep> = {}): WaitStep => ({
  id,
  kind: 'wait',
  until: { types: ['com.acme.payment.received'], source: null, filters: [], same: ['subject'] },
  timeout: 'PT15M',
  ...members,
});

export const when = (id: string, then: readonly Step[], otherwise: readonly Step[] = []): WhenStep => ({
  id,
  kind: 'when',
  condition: 'true',
  then,
  else: otherwise,
});

export const call = (id: string): Step => ({
  id,
  kind: 'call',
  method: 'POST',
  url: 'https://shop.example/',
  headers: {},
  timeout: 'PT10S',
});

export const workflowOf = (...steps: Step[]): Workflow => ({
  id: '66ef00000000000000000001',
  name: 'Orders',
  enabled: true,
  trigger: { types: ['com.acme.order.placed'], source: null, filters: [] },
  steps,
  since: 0,
  created_by: { id: '66ef00000000000000000002', username: 'ada' },
  version: 3,
  created_at: NOON,
  updated_at: NOON,
});

export const order = (members: Partial<Envelope> = {}): Envelope => ({
  specversion: '1.0',
  id: 'order-7',
  source: '/shop',
  type: 'com.acme.order.placed',
  subject: 'orders/7',
  time: NOON.toISOString(),
  data: { total: 120.5, lines: [{ sku: 'a' }, { sku: 'b' }] },
  ...members,
});
