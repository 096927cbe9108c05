import { Ajv2020 } from 'ajv/dist/2020.js';
import { type FieldError, UsherError } from '#kernel';
import { type InlinedSchema, inlineReferences, UnusableSchema } from './inline-references.js';
import { compileValidator, type Validator } from './validator.js';

const MAX_BYTES = 65_536;

/** A schema that can be worked with: by itself for comparing, and compiled for checking. */
export interface UsableSchema extends InlinedSchema {
  validate: Validator;
}

const metaschema = new Ajv2020({ strict: false, validateFormats: false, logger: false });

/**
 * What can be done with `document`. Throws `validation-failed`, its pointers beginning with `at`, where it is no schema
 * of JSON Schema 2020-12 or one that is not taken (docs/decisions/schemas.md).
 */
export function toUsableSchema(document: unknown, at = ''): UsableSchema {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > MAX_BYTES)
    throw notUsable([{ pointer: at, message: `takes ${bytes} bytes; at most ${MAX_BYTES} are taken` }]);
  try {
    if (metaschema.validateSchema(document as object) !== true)
      throw notUsable(
        (metaschema.errors ?? []).map(({ instancePath, message = 'is not valid' }) => ({
          pointer: at + instancePath,
          message,
        })),
      );
    const inlined = inlineReferences(document);
    return { ...inlined, validate: compileValidator(inlined.schema) };
  } catch (error) {
    if (error instanceof UsherError) throw error;
    if (error instanceof UnusableSchema)
      throw notUsable([{ pointer: at + error.fault.pointer, message: error.fault.message }]);
    // Ajv tells by an Error what it does not take: a format that it does not know, a contradiction within a keyword.
    throw notUsable([{ pointer: at, message: error instanceof Error ? error.message : 'cannot be compiled' }]);
  }
}

const notUsable = (errors: readonly FieldError[]): UsherError =>
  new UsherError('validation-failed', 'This is no schema that is taken here; see `errors`.', {
    errors: errors.slice(0, 20),
  });
