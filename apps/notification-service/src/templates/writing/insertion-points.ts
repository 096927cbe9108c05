import { type DefaultTreeAdapterTypes as Tree, parse as parseHtml } from 'parse5';
import type { Placeholder } from '../data/template-data.js';
import { type Fault, parse } from './placeholders.js';

/**
 * What of `source` has not come into `html`, or has come to where escaping does not make it harmless: to anything but text
 * between elements, except for Usher's own links in `href`. The source is sound Handlebars.
 */
export function misplacedIn(source: string, html: string, known: ReadonlyMap<string, Placeholder>): Fault[] {
  const written = read(source);
  const arrived = read(html);
  if ('fault' in written) return [written.fault];
  if ('fault' in arrived) return [{ ...arrived.fault, line: 1, message: `${TORN} ${arrived.fault.message}` }];
  const lost = lostBetween(written.expressions, arrived.expressions);
  const misplaced = new Set(
    outsideText(arrived.outline).flatMap(({ index, inHref }) => {
      const expression = arrived.expressions[index];
      return expression === undefined || (inHref && known.get(expression.path)?.kind === 'link')
        ? []
        : [expression.text];
    }),
  );
  return written.expressions.flatMap(({ text, line, column }) => {
    const message = misplaced.has(text) ? MISPLACED : lost.has(text) ? LOST : undefined;
    return message === undefined ? [] : [{ line, column, message: `${text} ${message}` }];
  });
}

const TORN = 'has blocks that MJML takes apart: between elements, both ends have to stand in <mj-raw>;';
const LOST = 'would be lost: between elements it has to stand in <mj-raw>';
const MISPLACED = 'can stand in text only, or be a link in `href`';

/** What stands more often in what was written than in what has become of it. */
function lostBetween(written: readonly Expression[], arrived: readonly Expression[]): ReadonlySet<string> {
  const balance = new Map<string, number>();
  for (const { text } of written) balance.set(text, (balance.get(text) ?? 0) + 1);
  for (const { text } of arrived) balance.set(text, (balance.get(text) ?? 0) - 1);
  return new Set([...balance].filter(([, missing]) => missing > 0).map(([text]) => text));
}

/** Something that is inserted, or asked for. */
interface Expression {
  text: string;
  path: string;
  line: number;
  column: number;
}

interface Outline {
  expressions: Expression[];
  /** The source with a mark for each expression that inserts; with every branch, whichever is taken. */
  outline: string;
}

function read(source: string): Outline | { fault: Fault } {
  const program = parse(source);
  if ('fault' in program) return program;
  const expressions: Expression[] = [];
  const outlineOf = ({ body }: hbs.AST.Program): string => body.map(partOf).join('');
  const partOf = (statement: hbs.AST.Statement): string => {
    if (statement.type === 'ContentStatement') return (statement as hbs.AST.ContentStatement).value;
    if (statement.type !== 'MustacheStatement' && statement.type !== 'BlockStatement') return '';
    const { path, loc, ...branches } = statement as hbs.AST.BlockStatement | hbs.AST.MustacheStatement;
    const inserts = !('program' in branches);
    const mark = inserts ? markOf(expressions.length) : '';
    const at = { line: loc.start.line, column: loc.start.column + 1 };
    expressions.push({ text: `{{${inserts ? '' : '#'}${print(statement)}}}`, path: print(path), ...at });
    if (inserts) return mark;
    const { program: main, inverse } = branches as { program: hbs.AST.Program; inverse?: hbs.AST.Program };
    return outlineOf(main) + (inverse === undefined ? '' : outlineOf(inverse));
  };
  return { outline: outlineOf(program), expressions };
}

/** An expression in one way of writing it, however it was written. */
function print(node: hbs.AST.Node): string {
  if (node.type === 'StringLiteral') return JSON.stringify((node as hbs.AST.StringLiteral).value);
  if (!('params' in node)) return (node as hbs.AST.PathExpression).original;
  const { path, params, hash } = node as hbs.AST.SubExpression;
  const pairs = (hash as hbs.AST.Hash | undefined)?.pairs.map(({ key, value }) => `${key}=${print(value)}`) ?? [];
  const words = [print(path), ...params.map(print), ...pairs].join(' ');
  return node.type === 'SubExpression' ? `(${words})` : words;
}

const markOf = (index: number): string => `usher-insertion-${index}-`;

/** The marks that a parser of HTML finds in attributes, comments, styles and scripts. */
function outsideText(outline: string): { index: number; inHref: boolean }[] {
  const found: { index: number; inHref: boolean }[] = [];
  const note = (text: string, inHref: boolean): void => {
    for (const [, index] of text.matchAll(/usher-insertion-(\d+)-/g)) found.push({ index: Number(index), inHref });
  };
  const visit = (node: Tree.Node): void => {
    if ('attrs' in node)
      for (const { name, value } of node.attrs) {
        note(name, false);
        note(value, name === 'href');
      }
    if ('tagName' in node) note(node.tagName, false);
    if ('data' in node) note(node.data, false);
    if ('value' in node && isRaw(node.parentNode)) note(node.value, false);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parseHtml(outline));
  return found;
}

/** Elements in which a parser sees text, but nobody undoes its escaping. */
const RAW = new Set(['style', 'script', 'xmp', 'iframe', 'noembed', 'noframes', 'plaintext']);

const isRaw = (parent: Tree.ParentNode | null): boolean =>
  parent !== null && 'tagName' in parent && RAW.has(parent.tagName);
