import { Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { UsherError } from '#kernel';

/** Checks a client's message against the contract. Throws `validation-failed`. */
@Injectable()
export class MessagePipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(message: unknown): T {
    const result = this.schema.safeParse(message);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new UsherError('validation-failed', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
  }
}
