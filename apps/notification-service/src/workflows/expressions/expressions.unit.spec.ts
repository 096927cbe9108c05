import { describe, expect, it } from '@jest/globals';
import { order } from '../testing/workflows.js';
import { Expression, MAX_LENGTH, type Scope } from './expression.js';
import { fill, fillAll, fillText, textsIn } from './template.js';

const scope: Scope = { event: order(), steps: { pay: { timed_out: false }, paid: true }, run: { id: 'r' } };
const valueOf = (source: string): unknown => Expression.parse(source).evaluate(scope);
const refused = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: 'validation-failed' });
    return (error as Error).message;
  }
  throw new Error('It was not refused.');
};

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['event.data.total > 100', true],
    ['event.data.total * 2', 241],
    ['event.data.total % 2 + 1', 1.5],
    ['size(event.data.lines) + 1', 3],
    ['event.data.lines.map(line, line.sku)', ['a', 'b']],
    ['event.data.lines.filter(l, l.sku != "a").map(l, l.sku)', ['b']],
    ['event.subject.split("/")[1]', '7'],
    ['event.data.?note.orValue("none")', 'none'],
    ['has(event.data.note) ? event.data.note : null', null],
    ['steps.paid && !steps.pay.timed_out', true],
    ['{"total": event.data.total, "tags": ["a", 1, true]}', { total: 120.5, tags: ['a', 1, true] }],
    ['timestamp(event.time)', '2026-11-20T12:00:00.000Z'],
  ])('%s', (source, value) => {
    expect(valueOf(source)).toEqual(value);
  });

  it.each([
    ['1 +', /EOF/],
    ['now', /Unknown variable: now/],
    ['process.exit()', /Unknown variable: process/],
    ['"a" - 1', /no such overload/],
    ['event.type.matches("(a+)+$")', /`matches` is not available/],
    ['cel.bind(x, event, x)', /`cel.bind` is not available/],
    ['event.data.lines.all(a, event.data.lines.all(b, a == b))', /within another walk/],
    ['[1].map(x, event.data.lines.exists(l, l == x))', /within another walk/],
    [`"${'x'.repeat(MAX_LENGTH)}"`, /longer than/],
    [`${'('.repeat(40)}1${')'.repeat(40)}`, /depth|nested|Exceeded/i],
    [Array.from({ length: 150 }, () => '1').join('+'), /Exceeded|nodes/i],
  ])('is refused: %s', (source, message) => {
    expect(refused(() => Expression.parse(source))).toMatch(message);
  });

  it.each([
    ['event.data.note', /No such key: note/],
    ['event.constructor', /No such key: constructor/],
    ['event.__proto__', /No such key/],
    ['steps.paid.x', /./],
    ['event.data.total / 0 > 1 ? b"x" : b"y"', /no form/],
    ['duration("1h")', /no form/],
    ['9007199254740993', /2\^53/],
  ])('comes to nothing: %s', (source, message) => {
    expect(refused(() => valueOf(source))).toMatch(message);
  });

  it('comes to so much and no more', () => {
    const big = {
      ...scope,
      event: order({ data: { text: 'x'.repeat(60_000), list: Array.from({ length: 10_000 }, () => 1) } }),
    };
    expect(Expression.parse('event.data.text').evaluate(big)).toHaveLength(60_000);
    expect(refused(() => Expression.parse('event.data.list.map(x, event.data.text)').evaluate(big))).toMatch(
      /more than/,
    );
    expect(refused(() => Expression.parse('event.data.text + event.data.text').evaluate(big))).toMatch(/more than/);
  });

  it('decides what is true or false, and nothing else', () => {
    expect(Expression.parse('steps.paid').decide(scope)).toBe(true);
    expect(refused(() => Expression.parse('event.data.total').decide(scope))).toMatch(/not true or false/);
  });

  it('says which steps it is about', () => {
    expect(Expression.parse('steps.a.x > 1 && has(steps.b) && event.data.lines.all(l, l == steps.c)').steps).toEqual([
      'a',
      'b',
      'c',
    ]);
  });
});

describe('text with expressions', () => {
  it.each<[string, unknown]>([
    ['${event.data.total}', 120.5],
    ['${event.data.lines}', [{ sku: 'a' }, { sku: 'b' }]],
    ['Order ${event.subject} of ${event.data.total}', 'Order orders/7 of 120.5'],
    ['${{"a": "}"}["a"]}', '}'],
    ["${'it\\'s }' + \"{\"}", "it's }{"],
    ['$${event.type} and $5', '${event.type} and $5'],
    ['', ''],
  ])('%s', (text, value) => {
    expect(fill(text, scope)).toEqual(value);
  });

  it('is filled in wherever it stands, and nothing else is', () => {
    expect(fillAll({ '${event.id}': ['${event.id}', 1, null, { deep: '${steps.paid}' }] }, scope)).toEqual({
      '${event.id}': ['order-7', 1, null, { deep: true }],
    });
  });

  it('does not grow by what is filled in', () => {
    expect(fill('${event.data.text}', { ...scope, event: order({ data: { text: '${event.id}' } }) })).toBe(
      '${event.id}',
    );
  });

  it('takes text, numbers and booleans, each written as asked', () => {
    expect(fillText('/a/${event.subject}/${event.data.total}', scope, encodeURIComponent)).toBe('/a/orders%2F7/120.5');
    expect(refused(() => fillText('a ${event.data.lines}', scope))).toMatch(/no text/);
    expect(refused(() => fillText('a ${null}', scope))).toMatch(/no text/);
  });

  it('has an end to each', () => {
    expect(refused(() => fill('${event.id', scope))).toMatch(/without an end/);
    expect(refused(() => fill('${"}', scope))).toMatch(/without an end/);
  });

  it('is found in JSON, with where it is', () => {
    expect(textsIn({ a: ['x', { b: 'y' }], c: 1 })).toEqual([
      { path: ['a', 0], text: 'x' },
      { path: ['a', 1, 'b'], text: 'y' },
    ]);
  });
});
