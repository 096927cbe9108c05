import type { FieldError } from '#kernel';
import { ANNOTATIONS, type JsonSchema, type Keyword, KEYWORDS, pointerTo } from './json-schema.js';
import { compilePattern } from './patterns.js';

/** A schema without `$ref` and annotations, and where in the document each of its objects stands. */
export interface InlinedSchema {
  schema: JsonSchema;
  pointers: ReadonlyMap<object, string>;
}

/** What is wrong with a document, at one place in it. */
export class UnusableSchema extends Error {
  constructor(readonly fault: FieldError) {
    super(fault.message);
  }
}

/** With these, checking an event takes no longer than some visits of each of its values to each of the schema's parts. */
const LIMITS = { schemas: 1_000, depth: 60, patterns: 2_000 } as const;
const DIALECT = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/**
 * Puts what every `$ref` refers to in its place, so that whatever works with the schema needs to know one document and no
 * references. Throws {@link UnusableSchema} for a reference to elsewhere or to itself, for keywords that are not known, for
 * patterns that RE2 does not know, and above the limits. `document` is valid by the metaschema.
 */
export const inlineReferences = (document: unknown): InlinedSchema => new Inlining(document).run();

class Inlining {
  private readonly pointers = new Map<object, string>();
  private schemas = 0;
  private patterns = 0;

  constructor(private readonly document: unknown) {}

  run(): InlinedSchema {
    const schema = this.inline(this.document, '', []);
    return { schema, pointers: this.pointers };
  }

  /** @param through The references that led here, each with where it leads. */
  private inline(value: unknown, at: string, through: readonly string[], depth = 0): JsonSchema {
    this.schemas += 1;
    if (this.schemas > LIMITS.schemas) throw unusable(at, `makes more than ${LIMITS.schemas} schemas of the document`);
    if (depth > LIMITS.depth) throw unusable(at, `is nested deeper than ${LIMITS.depth} schemas`);
    if (typeof value === 'boolean') return value;
    if (!isObject(value)) throw unusable(at, 'must be a schema');
    const inlined: Record<string, unknown> = {};
    const child = (member: unknown, ...path: (string | number)[]): JsonSchema =>
      this.inline(member, pointerTo(at, ...path), through, depth + 1);
    for (const [keyword, member] of Object.entries(value)) {
      if (ANNOTATIONS.has(keyword) || keyword === '$ref') this.checkDialect(keyword, member, at);
      else if (!isKeyword(keyword)) throw unusable(pointerTo(at, keyword), 'is no keyword that is known here');
      else inlined[keyword] = this.inlineKeyword(keyword, member, at, child);
    }
    const { $ref } = value;
    if (typeof $ref === 'string') {
      const all = Array.isArray(inlined['allOf']) ? (inlined['allOf'] as JsonSchema[]) : [];
      inlined['allOf'] = [...all, this.follow($ref, at, through, depth)];
    }
    this.pointers.set(inlined, at);
    return inlined;
  }

  private inlineKeyword(
    keyword: Keyword,
    member: unknown,
    at: string,
    child: (member: unknown, ...path: (string | number)[]) => JsonSchema,
  ): unknown {
    if (keyword === 'pattern') this.checkPattern(String(member), pointerTo(at, keyword));
    if (keyword === 'patternProperties')
      for (const pattern of Object.keys(member as object)) this.checkPattern(pattern, pointerTo(at, keyword, pattern));
    const kind = KEYWORDS[keyword];
    if (kind === 'schema') return child(member, keyword);
    if (kind === 'list') return (member as unknown[]).map((item, index) => child(item, keyword, index));
    if (kind === 'map')
      return Object.fromEntries(
        Object.entries(member as object).map(([name, item]) => [name, child(item, keyword, name)]),
      );
    return member;
  }

  private follow(ref: string, at: string, through: readonly string[], depth: number): JsonSchema {
    const from = pointerTo(at, '$ref');
    if (!/^#(?:\/|$)/.test(ref)) throw unusable(from, 'must begin with #/: only this document is referred to');
    const to = fragmentOf(ref, from);
    if (through.includes(to)) throw unusable(from, 'leads back to itself: recursive schemas are not taken');
    return this.inline(this.resolve(to, from), to, [...through, to], depth + 1);
  }

  private resolve(pointer: string, from: string): unknown {
    let value: unknown = this.document;
    for (const segment of pointer.split('/').slice(1)) {
      const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
        throw unusable(from, 'refers to nothing in this document');
      value = (value as Record<string, unknown>)[name];
    }
    return value;
  }

  private checkDialect(keyword: string, member: unknown, at: string): void {
    if (keyword === '$schema' && !DIALECT.test(String(member)))
      throw unusable(pointerTo(at, keyword), 'must be https://json-schema.org/draft/2020-12/schema');
  }

  private checkPattern(source: string, at: string): void {
    try {
      this.patterns += compilePattern(source).cost;
    } catch (error) {
      throw unusable(at, `is no regular expression of RE2: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (this.patterns > LIMITS.patterns) throw unusable(at, 'makes the patterns of the document take too long');
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKeyword = (name: string): name is Keyword => Object.hasOwn(KEYWORDS, name);

const unusable = (pointer: string, message: string): UnusableSchema => new UnusableSchema({ pointer, message });

function fragmentOf(ref: string, from: string): string {
  try {
    return decodeURIComponent(ref.slice(1));
  } catch {
    throw unusable(from, 'is no URI fragment');
  }
}
