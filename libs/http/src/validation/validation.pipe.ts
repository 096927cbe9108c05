import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';
import { UsherError } from '#kernel';
import { inPlainWords } from './plain-words.js';
import { toFieldErrors, toPointer } from './pointer.js';

z.config({ customError: inPlainWords });

class SchemaMismatch extends Error {
  constructor(readonly issues: readonly StandardSchemaV1.Issue[]) {
    super('does not fit its schema');
  }
}

/**
 * Checks every parameter that has a schema. A body or query that does not fit is `validation-failed` with pointers; a
 * path parameter that does not fit names nothing, and is `not-found`.
 */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new SchemaMismatch(issues) });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof SchemaMismatch)) throw error;
      if (metadata.type === 'param') throw new UsherError('not-found', 'There is nothing at this address.');
      const at = metadata.type === 'body' ? '' : `/${metadata.type}`;
      const prefix = metadata.data === undefined ? at : toPointer([metadata.data], at);
      throw new UsherError('validation-failed', 'The input is not valid; see `errors`.', {
        errors: toFieldErrors(error.issues, prefix),
      });
    }
  }

  /** Members by such names are unknown like any other; the body parser has refused those that poison. */
  protected override stripProtoKeys(): void {}
}
