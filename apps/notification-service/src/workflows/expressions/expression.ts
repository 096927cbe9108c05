import { type ASTNode, Environment, EvaluationError, ParseError, type ParseResult } from '@marcbachmann/cel-js';
import { UsherError } from '#kernel';
import { toJson } from './to-json.js';

/** What an expression can speak of. */
export interface Scope {
  /** The event that began the run: the CloudEvent. */
  event: object;
  /** What the steps before have put out, by their ids. */
  steps: object;
  run: object;
}

const VARIABLES = ['event', 'steps', 'run'] as const satisfies (keyof Scope)[];
export const MAX_LENGTH = 1_000;
const LIMITS = { maxAstNodes: 200, maxDepth: 24, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 8 };

/** What walks over a list, once for each of its items. */
const WALKS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** What the language has and workflows do not: time without a bound that follows from the size of the data. */
const REFUSED = new Map([
  ['matches', '`matches` is not available: use `startsWith`, `endsWith` or `contains`'],
  ['bind', '`cel.bind` is not available'],
]);

const environment = withNumbersOfJson(
  VARIABLES.reduce(
    (all, name) => all.registerVariable(name, 'dyn'),
    new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true, limits: LIMITS }),
  ),
);

/**
 * An expression of CEL, the Common Expression Language (cel-spec): no loops, no assignments, and no way out of its scope. Its
 * size is limited, lists are not walked within walks, and what takes longer than in proportion to its data is left out.
 */
export class Expression {
  private constructor(private readonly parsed: ParseResult) {}

  /** Throws `validation-failed` where it is none, or none that may be used here. */
  static parse(source: string): Expression {
    if (source.length > MAX_LENGTH) throw notValid(`is longer than ${MAX_LENGTH} characters`);
    try {
      const parsed = environment.parse(source);
      const { valid, error } = parsed.check();
      if (!valid) throw notValid(error?.summary ?? 'does not fit together');
      requireBounded(parsed.ast, false);
      return new Expression(parsed);
    } catch (error) {
      if (error instanceof ParseError) throw notValid(error.summary);
      throw error;
    }
  }

  /** The ids of the steps whose outputs it names. */
  get steps(): string[] {
    return stepsIn(this.parsed.ast);
  }

  /** A value of JSON. Throws `validation-failed` where there is none, for example because a member is missing. */
  evaluate(scope: Scope): unknown {
    try {
      return toJson(this.parsed({ ...scope }));
    } catch (error) {
      if (error instanceof UsherError) throw error;
      throw notValid(error instanceof EvaluationError ? error.summary : 'cannot be evaluated');
    }
  }

  /** The same for a condition, which is true or false. */
  decide(scope: Scope): boolean {
    const value = this.evaluate(scope);
    if (typeof value !== 'boolean') throw notValid(`is ${JSON.stringify(value).slice(0, 50)}, not true or false`);
    return value;
  }
}

/** JSON has one kind of number; CEL has several, and mixes them in comparisons only. */
function withNumbersOfJson(all: Environment): Environment {
  const operators: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  };
  for (const [operator, apply] of Object.entries(operators))
    for (const operands of [`double ${operator} int`, `int ${operator} double`])
      all.registerOperator(`${operands}: double`, (a: number | bigint, b: number | bigint) =>
        apply(Number(a), Number(b)),
      );
  return all;
}

function requireBounded(node: ASTNode, walking: boolean): void {
  if (node.op !== 'rcall') return childrenOf(node).forEach((child) => requireBounded(child, walking));
  const [name, receiver, given] = node.args;
  const refusal = REFUSED.get(name);
  if (refusal !== undefined) throw notValid(refusal);
  const walks = WALKS.has(name);
  if (walks && walking) throw notValid(`\`${name}\` must not stand within another walk over a list`);
  requireBounded(receiver, walking);
  for (const child of given) requireBounded(child, walking || walks);
}

function stepsIn(node: ASTNode): string[] {
  const within = childrenOf(node).flatMap(stepsIn);
  if (node.op !== '.' && node.op !== '.?') return within;
  const [of, name] = node.args;
  return of.op === 'id' && of.args === 'steps' ? [...within, name] : within;
}

const childrenOf = ({ args }: ASTNode): ASTNode[] => (Array.isArray(args) ? args.flat(2) : [args]).filter(isNode);

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;

const notValid = (message: string): UsherError => new UsherError('validation-failed', message);
