import { z } from 'zod';

/** Any control character but tab and line breaks: as JSON they take six bytes, and nobody means to write them. */
const CONTROLS = /[^\P{Cc}\t\n\r]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Text of at most `max` characters as people count them: code points, not UTF-16 units. */
export const text = (max: number) =>
  z
    .string()
    .refine((value) => !CONTROLS.test(value), 'must not contain control characters')
    // A character takes at most two units; so what is far too long is never spread.
    .refine(
      (value) => value.length <= 2 * max && Array.from(value).length <= max,
      `must be at most ${max} characters long`,
    )
    .meta({ maxLength: max });

/** The same, with at least one character that can be seen. */
export const filledText = (max: number) =>
  text(max)
    .refine((value) => VISIBLE.test(value), 'must not be blank')
    .meta({ minLength: 1, maxLength: max });
