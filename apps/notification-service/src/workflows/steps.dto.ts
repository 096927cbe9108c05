import { z } from 'zod';
import { filledText, text } from '#http';
import { attributeName, attributeValue, filtersSchema, MAX_TYPES } from '../subscriptions/subscriptions.dto.js';
import { millisecondsOf, objectionTo } from './duration.js';
import { condition, template, templates } from './expressions.dto.js';
import { AFTER_TIMEOUT, METHODS, type Step } from './workflow.js';

const MAX_HEADERS = 20;
const MAX_TIMEOUT_MS = 30_000;

/** What a call says by itself, or what is the connection's business. */
const TAKEN_HEADERS =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|idempotency-key|traceparent)$/i;

/** A name that expressions can write: `steps.<id>`. */
const stepId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower-case letters, digits and _, beginning with a letter')
  .describe('Unique within the workflow; later steps know its output as `steps.<id>`');

const duration = z
  .string()
  .max(40)
  .check(({ value, issues }) => {
    const message = objectionTo(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  })
  .meta({ format: 'duration', description: 'An ISO 8601 duration, at most 366 days' });

const publish = z.strictObject({
  id: stepId,
  kind: z.literal('publish'),
  type: attributeValue
    .max(255)
    .refine((type) => !/^usher\./i.test(type), 'must not begin with `usher.`: such types are Usher’s own'),
  subject: template(attributeValue).optional(),
  source: attributeValue.optional().describe('`/workflows/<id>` where it is left out'),
  data: templates.optional().describe('Of the event; texts in it may have expressions in `${…}`'),
});

const notify = z.strictObject({
  id: stepId,
  kind: z.literal('notify'),
  users: z
    .union([
      template(text(1_000)),
      z
        .array(template(text(1_000)))
        .min(1)
        .max(100),
    ])
    .describe('Ids of users, or expressions that come to them; one expression may come to a list'),
  title: template(filledText(200)),
  message: template(text(2_000)).default(''),
  event_id: template(text(1_000)).optional().describe('The managed event that it is about'),
});

const call = z.strictObject({
  id: stepId,
  kind: z.literal('call'),
  method: z.enum(METHODS).default('POST'),
  url: template(z.string().max(2_048))
    .refine(
      isCallable,
      'must be an http or https URL without credentials and fragment, and without expressions before its path',
    )
    .describe('Expressions in it are percent-encoded'),
  headers: z
    .record(
      z.string(),
      template(
        z
          .string()
          .min(1)
          .max(4_096)
          .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII'),
      ).nullable(),
    )
    .check(({ value, issues }) => {
      for (const name of Object.keys(value)) {
        const message = objectionToHeader(name);
        if (message !== undefined) issues.push({ code: 'custom', message, path: [name], input: value });
      }
    })
    .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `must not be more than ${MAX_HEADERS}`)
    .default({})
    .describe('Kept encrypted and never shown again: answers have null for each. In a patch null leaves one as it is'),
  body: templates.optional().describe('JSON; texts in it may have expressions in `${…}`'),
  timeout: duration
    .refine(
      (value) => objectionTo(value) !== undefined || millisecondsOf(value) <= MAX_TIMEOUT_MS,
      'must be at most PT30S',
    )
    .default('PT10S'),
});

const until = z.strictObject({
  types: z.array(attributeValue).min(1).max(MAX_TYPES),
  source: attributeValue.nullable().default(null),
  filters: filtersSchema.default(() => []),
  same: z
    .array(attributeName)
    .max(5)
    .default([])
    .describe('Attributes in which it is like the event that began the run'),
});

const wait = z
  .strictObject({
    id: stepId,
    kind: z.literal('wait'),
    for: duration.optional().describe('So long'),
    until: until
      .optional()
      .describe('Until such an event has come since the run began, or since the last that it waited for'),
    timeout: duration.optional().describe('How long at most, with `until`'),
    on_timeout: z
      .enum(AFTER_TIMEOUT)
      .optional()
      .describe('With `until`: whether the run goes on or fails then; `fail` where it is left out'),
  })
  .refine((step) => (step.for === undefined) !== (step.until === undefined), 'must have exactly one of for, until')
  .refine((step) => (step.until === undefined) === (step.timeout === undefined), {
    path: ['timeout'],
    error: 'must stand beside until, and only there',
  })
  .refine((step) => step.on_timeout === undefined || step.until !== undefined, {
    path: ['on_timeout'],
    error: 'must stand beside until only',
  });

const whenOf = (step: z.ZodType<Step>) =>
  z.strictObject({
    id: stepId,
    kind: z.literal('when'),
    condition: condition.describe('An expression of CEL, without `${}`'),
    then: z.array(step).max(50),
    else: z.array(step).max(50).default([]),
  });

/** As documents call it: what has defaults need not be said, and is always told. */
function stepNamed(id: string): z.ZodType<Step> {
  const step: z.ZodType<Step> = z
    .discriminatedUnion('kind', [publish, notify, call, wait, whenOf(z.lazy(() => step))])
    .meta({ id, description: 'What a run does at one point of it' });
  return step;
}

export const newStepSchema = stepNamed('NewWorkflowStep');
export const stepSchema = stepNamed('WorkflowStep');

function objectionToHeader(name: string): string | undefined {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) return 'is no name of a header';
  return TAKEN_HEADERS.test(name) ? 'is set by Usher itself' : undefined;
}

/** What is called has to be fixed, so that nobody's data decide where secrets go. */
function isCallable(url: string): boolean {
  const fixed = url.slice(0, url.includes('${') ? url.indexOf('${') : undefined);
  const parsed = /^https?:\/\/[^\s#/?@]+(?:[/?]|$)/i.test(fixed) ? URL.parse(fixed) : null;
  return parsed !== null && !url.includes('#') && (fixed === url || /^https?:\/\/[^/?]+[/?]/i.test(fixed));
}
