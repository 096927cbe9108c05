import { describe, expect, it } from '@jest/globals';
import { call, pause, payment, publish, when } from './testing/workflows.js';
import { newWorkflowBody } from './workflows.dto.js';

const trigger = { types: ['com.acme.order.placed'] };

/** What is wrong with it, as `where: what`; nothing where it is taken. */
function wrongWith(steps: readonly object[], members: object = {}): string[] {
  const { error } = newWorkflowBody.safeParse({ name: 'Orders', trigger, steps, ...members });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const { until } = payment('x');

describe('a workflow', () => {
  it('is taken as its example shows, and as short as it can be', () => {
    const { examples } = newWorkflowBody.meta() as { examples: object[] };
    for (const example of examples) expect(newWorkflowBody.safeParse(example).error).toBeUndefined();
    expect(
      newWorkflowBody.parse({ name: 'Orders', trigger, steps: [{ id: 'a', kind: 'call', url: 'https://a.example' }] }),
    ).toEqual({
      name: 'Orders',
      enabled: true,
      trigger: { ...trigger, source: null, filters: [] },
      steps: [{ id: 'a', kind: 'call', method: 'POST', url: 'https://a.example', headers: {}, timeout: 'PT10S' }],
    });
  });

  it.each<[string, object[], RegExp]>([
    ['no steps', [], /steps: /],
    ['an id twice', [publish('a'), when('b', [publish('a')])], /steps\.1\.then\.0\.id: is the id of another step/],
    ['an id that no expression can name', [publish('A-1')], /steps\.0\.id/],
    [
      'a step that comes later',
      [{ ...publish('a'), data: { x: '${steps.b}' } }, publish('b')],
      /steps\.0\.data\.x: names no step before it: b/,
    ],
    [
      'a step that is not there',
      [{ ...when('a', []), condition: 'steps.b' }],
      /steps\.0\.condition: names no step before it: b/,
    ],
    ['an expression that is none', [{ ...publish('a'), data: ['${1 +}'] }], /steps\.0\.data\.0: .*EOF/],
    ['a type of Usher’s own', [{ ...publish('a'), type: 'Usher.event.created' }], /Usher’s own/],
    ['a wait for nothing', [{ id: 'a', kind: 'wait' }], /exactly one of for, until/],
    ['a wait for both', [{ ...pause('a'), until }], /exactly one of for, until/],
    ['a wait without an end', [{ id: 'a', kind: 'wait', until }], /steps\.0\.timeout/],
    ['a wait that is too long', [pause('a', 'P2Y')], /at most 366 days/],
    ['a wait that is no duration', [pause('a', '10 minutes')], /ISO 8601/],
    ['a wait that is none', [pause('a', 'PT0S')], /longer than nothing/],
    ['a call that is too long', [{ ...call('a'), timeout: 'PT31S' }], /at most PT30S/],
    [
      'a host by an expression',
      [{ ...call('a'), url: 'https://${event.source}/' }],
      /without expressions before its path/,
    ],
    [
      'a host that an expression goes on',
      [{ ...call('a'), url: 'https://a${event.source}' }],
      /without expressions before its path/,
    ],
    ['credentials in a URL', [{ ...call('a'), url: 'https://u:p@a.example/' }], /without credentials/],
    ['another scheme', [{ ...call('a'), url: 'ftp://a.example/' }], /http or https/],
    ['a header of our own', [{ ...call('a'), headers: { 'Idempotency-Key': 'x' } }], /set by Usher itself/],
    ['a header with a line break', [{ ...call('a'), headers: { x: 'a\r\nb: c' } }], /printable ASCII/],
    ['nobody', [{ id: 'a', kind: 'notify', users: [], title: 'x' }], /users/],
    ['an unknown kind', [{ id: 'a', kind: 'sleep' }], /kind/],
    ['an unknown member', [{ ...publish('a'), datum: 1 }], /datum|Unrecognized/],
  ])('is refused with %s', (_, steps, message) => {
    expect(wrongWith(steps).join('\n')).toMatch(message);
  });

  it('has no more steps, and none deeper, than anybody can follow', () => {
    const many = Array.from({ length: 25 }, (_, index) => publish(`a${index}`));
    const others = Array.from({ length: 25 }, (_, index) => publish(`b${index}`));
    expect(wrongWith([...many, when('c', others.slice(1))])).toEqual([]);
    expect(wrongWith([...many, when('c', others)]).join()).toMatch(/more than 50 in all/);
    const nested = (depth: number): object =>
      depth === 1 ? publish('x') : { ...when(`w${depth}`, []), then: [nested(depth - 1)] };
    expect(wrongWith([nested(5)])).toEqual([]);
    expect(wrongWith([nested(6)]).join()).toMatch(/deeper than 5/);
    expect(wrongWith([{ ...publish('a'), data: 'x'.repeat(65_536) }]).join()).toMatch(/65536 characters/);
  });

  it('says which events it is about', () => {
    expect(wrongWith([publish('a')], { trigger: {} }).join()).toMatch(/must say which events/);
    expect(wrongWith([publish('a')], { trigger: { filters: [{ prefix: { type: 'com.' } }] } })).toEqual([]);
  });

  it('calls where a step says, with expressions after the host', () => {
    for (const url of [
      'https://a.example/${event.id}',
      'https://a.example?x=${event.id}',
      'http://a.example:8080/x/${event.data.a + "/"}/y',
    ])
      expect(wrongWith([{ ...call('a'), url }])).toEqual([]);
  });
});
