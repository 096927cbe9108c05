import Handlebars from 'handlebars';
import type { Kind, Placeholder } from '../data/template-data.js';
import { BLOCKS } from '../rendering/handlebars.js';
import { type HelperName, PLURAL_CATEGORIES, type Signature, SIGNATURES } from '../rendering/helpers.js';

/** Something wrong in a source, with where it is: lines count from 1, columns too. */
export interface Fault {
  line: number;
  column: number;
  message: string;
}

export interface ReadTemplate {
  /** The paths that it shows or asks about, each once. */
  used: readonly string[];
  faults: readonly Fault[];
}

/** What `source` shows of what there is to show, and what of it nobody knows or no helper takes. */
export function readTemplate(source: string, known: ReadonlyMap<string, Placeholder>): ReadTemplate {
  const program = parse(source);
  if ('fault' in program) return { used: [], faults: [program.fault] };
  const reader = new Reader(known);
  reader.read(program);
  return { used: [...reader.used], faults: reader.faults };
}

/** The syntax tree, or what is wrong with the syntax. */
export function parse(source: string): hbs.AST.Program | { fault: Fault } {
  try {
    return Handlebars.parseWithoutProcessing(source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(/ on line (\d+)/.exec(message)?.[1] ?? / - (\d+):\d+$/.exec(message)?.[1] ?? 1);
    return { fault: { line, column: 1, message: `is no Handlebars: ${message.replaceAll(/\s+/g, ' ')}` } };
  }
}

const signatureOf = (name: string): Signature | undefined =>
  Object.hasOwn(SIGNATURES, name) ? SIGNATURES[name as HelperName] : undefined;

/** How to show what cannot stand by itself. */
const SHOWN_BY: Partial<Record<Kind, string>> = {
  time: 'is a time: show it by `date`, `time` or `when`',
  number: 'is a number: show it by `number` or `plural`',
  flag: 'is true or false: ask for it with `#if`',
};

const isPath = (expression: hbs.AST.Expression): expression is hbs.AST.PathExpression =>
  expression.type === 'PathExpression';

/** None where there is no hash; the types do not say so. */
const pairsOf = (hash: hbs.AST.Hash | undefined): hbs.AST.HashPair[] => hash?.pairs ?? [];

/** Walks a template, and holds all that is in it against what there is. */
class Reader {
  readonly used = new Set<string>();
  readonly faults: Fault[] = [];

  constructor(private readonly known: ReadonlyMap<string, Placeholder>) {}

  read(program: hbs.AST.Program): void {
    for (const statement of program.body) this.statement(statement);
  }

  private statement(statement: hbs.AST.Statement): void {
    switch (statement.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return;
      case 'MustacheStatement':
        return this.insertion(statement as hbs.AST.MustacheStatement);
      case 'BlockStatement':
        return this.block(statement as hbs.AST.BlockStatement);
      default:
        return this.fault(statement, 'partials and decorators are not taken');
    }
  }

  private insertion({ escaped, path, params, hash, loc }: hbs.AST.MustacheStatement): void {
    if (!escaped) return this.fault({ loc }, 'whatever is inserted is escaped: use two braces');
    if (!isPath(path)) return this.fault({ loc }, 'has to name what is to be inserted');
    const name = path.original;
    const signature = signatureOf(name);
    if (signature !== undefined) {
      if (signature.asks === true) return this.fault({ loc }, `\`${name}\` is asked: {{#if (${name} …)}}`);
      return this.call({ name, params, hash, loc }, signature);
    }
    if (params.length > 0 || pairsOf(hash).length > 0) return this.fault({ loc }, `there is no helper \`${name}\``);
    const kind = this.path(path);
    const otherwise = kind === undefined ? undefined : SHOWN_BY[kind];
    if (otherwise !== undefined) this.fault({ loc }, `\`${name}\` ${otherwise}`);
  }

  private block({ path, params, hash, program, inverse, loc }: hbs.AST.BlockStatement): void {
    const [condition] = params;
    if (!BLOCKS.includes(path.original)) this.fault({ loc }, `there is no block \`${path.original}\``);
    else if (condition === undefined || params.length > 1 || pairsOf(hash).length > 0)
      this.fault({ loc }, `\`${path.original}\` asks for one thing`);
    else this.condition(condition);
    this.read(program);
    // Nothing is inserted in `{{#if …}}{{/if}}` without an else; the types do not say so.
    if ((inverse as hbs.AST.Program | undefined) !== undefined) this.read(inverse);
  }

  private condition(condition: hbs.AST.Expression): void {
    if (isPath(condition)) return void this.path(condition);
    if (condition.type !== 'SubExpression') return this.fault(condition, 'only what is known can be asked for');
    const { path, params, hash, loc } = condition as hbs.AST.SubExpression;
    const signature = signatureOf(path.original);
    if (signature?.asks === true) this.call({ name: path.original, params, hash, loc }, signature);
    else this.fault({ loc }, `\`${path.original}\` answers no question`);
  }

  private call({ name, params, hash, loc }: Call, { takes, zoned, forms }: Signature): void {
    if (params.length !== takes.length)
      this.fault({ loc }, `\`${name}\` takes ${takes.map((kind) => `a ${kind}`).join(' and ')}`);
    params.forEach((param, index) => this.argument(param, takes[index]));
    const pairs = pairsOf(hash);
    for (const { key, value, loc: at } of pairs)
      if (zoned === true && key === 'in') this.argument(value, 'zone');
      else if (forms !== true || !PLURAL_CATEGORIES.includes(key))
        this.fault({ loc: at }, `\`${name}\` knows no \`${key}\``);
      else if (value.type !== 'StringLiteral') this.fault({ loc: at }, `\`${key}\` has to be a text in quotes`);
    if (forms === true && !pairs.some(({ key }) => key === 'other'))
      this.fault({ loc }, `\`${name}\` needs \`other="…"\`, for what has no form of its own`);
  }

  private argument(argument: hbs.AST.Expression, kind: Kind | undefined): void {
    if (!isPath(argument)) return this.fault(argument, 'has to be something known, by its name');
    const given = this.path(argument);
    if (given === undefined || kind === undefined || given === kind) return;
    this.fault(argument, `\`${argument.original}\` is no ${kind}`);
  }

  private path({ original, data, depth, loc }: hbs.AST.PathExpression): Kind | undefined {
    const placeholder = data || depth > 0 ? undefined : this.known.get(original);
    if (placeholder === undefined) this.fault({ loc }, `\`${original}\` is not known here`);
    else this.used.add(original);
    return placeholder?.kind;
  }

  private fault({ loc }: Pick<hbs.AST.Node, 'loc'>, message: string): void {
    this.faults.push({ line: loc.start.line, column: loc.start.column + 1, message });
  }
}

type Call = { name: string } & Pick<hbs.AST.MustacheStatement, 'params' | 'hash' | 'loc'>;
