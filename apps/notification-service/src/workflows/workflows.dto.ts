import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { filledText, pageQuery } from '#http';
import { attributeValue, filtersSchema, MAX_TYPES } from '../subscriptions/subscriptions.dto.js';
import { Expression } from './expressions/expression.js';
import { parseTemplate, textsIn } from './expressions/template.js';
import { newStepSchema, stepSchema } from './steps.dto.js';
import { allSteps, depthOf, type Step, type Workflow } from './workflow.js';

const MAX_STEPS = 50;
const MAX_DEPTH = 5;
const MAX_CHARACTERS = 65_536;

const triggerSchema = z
  .strictObject({
    types: z.array(attributeValue).min(1).max(MAX_TYPES).nullable().default(null).describe('Null: any'),
    source: attributeValue.nullable().default(null).describe('Null: any'),
    filters: filtersSchema.default(() => []),
  })
  .refine(
    ({ types, source, filters }) => types !== null || source !== null || filters.length > 0,
    'must say which events it is about',
  )
  .describe('Which events begin a run, as in subscriptions');

const stepsSchema = z
  .array(newStepSchema)
  .min(1)
  .max(MAX_STEPS)
  .refine((steps) => allSteps(steps).length <= MAX_STEPS, `must not be more than ${MAX_STEPS} in all`)
  .refine((steps) => depthOf(steps) <= MAX_DEPTH, `must not be nested deeper than ${MAX_DEPTH} levels`)
  .refine(
    (steps) => JSON.stringify(steps).length <= MAX_CHARACTERS,
    `must not take more than ${MAX_CHARACTERS} characters`,
  )
  .check(({ value, issues }) => {
    for (const { path, message } of misnamed(value))
      issues.push({ code: 'custom', message, path: [...path], input: value });
  });

const members = {
  name: filledText(100),
  enabled: z.boolean().describe('false: no run begins; those under way go on'),
  trigger: triggerSchema,
  steps: stepsSchema,
};

const EXAMPLE = {
  name: 'Remind of unpaid orders',
  trigger: { types: ['com.acme.order.placed'] },
  steps: [
    {
      id: 'payment',
      kind: 'wait',
      until: { types: ['com.acme.payment.received'], same: ['subject'] },
      timeout: 'PT15M',
      on_timeout: 'continue',
    },
    {
      id: 'late',
      kind: 'when',
      condition: 'steps.payment.timed_out && event.data.total > 100',
      then: [
        {
          id: 'remind',
          kind: 'notify',
          users: ['${event.data.user_id}'],
          title: 'Your order waits for payment',
          message: 'Order ${event.subject} is kept for another hour.',
        },
      ],
      else: [
        {
          id: 'ship',
          kind: 'call',
          url: 'https://shop.example/orders/${event.data.number}/shipment',
          headers: { authorization: 'Bearer a-secret' },
          body: { total: '${event.data.total}' },
        },
        {
          id: 'shipped',
          kind: 'publish',
          type: 'com.acme.order.shipped',
          subject: '${event.subject}',
          data: '${steps.ship.body}',
        },
      ],
    },
  ],
};

export const newWorkflowBody = z
  .strictObject({ ...members, enabled: members.enabled.default(true) })
  .meta({ id: 'NewWorkflow', examples: [EXAMPLE] });

export const patchWorkflowBody = z
  .strictObject(members)
  .partial()
  .meta({
    id: 'WorkflowPatch',
    examples: [{ enabled: false }],
    description: 'A JSON Merge Patch (RFC 7396): what is left out stays; `trigger` and `steps` are replaced as a whole',
  });

export const listWorkflowsQuery = z.strictObject(pageQuery);

export const workflowAnswer = z
  .object({
    id: idSchema,
    ...members,
    steps: z.array(stepSchema),
    created_by: z.object({ id: idSchema, username: z.string() }),
    version: z.int(),
    created_at: timestampSchema,
    updated_at: timestampSchema,
  })
  .meta({ id: 'Workflow' });
export type WorkflowAnswer = z.infer<typeof workflowAnswer>;

export const presentWorkflow = ({
  since: _,
  steps,
  created_at,
  updated_at,
  ...workflow
}: Workflow): WorkflowAnswer => ({
  ...workflow,
  trigger: {
    ...workflow.trigger,
    types: workflow.trigger.types === null ? null : [...workflow.trigger.types],
    filters: [...workflow.trigger.filters],
  },
  steps: withoutSecrets(steps),
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
});

/** With null for each header. */
const withoutSecrets = (steps: readonly Step[]): Step[] =>
  steps.map((step) => {
    if (step.kind === 'when') return { ...step, then: withoutSecrets(step.then), else: withoutSecrets(step.else) };
    if (step.kind !== 'call') return step;
    return { ...step, headers: Object.fromEntries(Object.keys(step.headers).map((name) => [name, null])) };
  });

interface Misnamed {
  path: readonly PropertyKey[];
  message: string;
}

/** Ids that are there twice, and expressions about steps that do not come before them. */
function misnamed(steps: readonly Step[]): Misnamed[] {
  const before = new Set<string>();
  const look = (within: readonly Step[], path: readonly PropertyKey[]): Misnamed[] =>
    within.flatMap((step, index) => {
      const here = [...path, index];
      const twice = before.has(step.id) ? [{ path: [...here, 'id'], message: 'is the id of another step' }] : [];
      const unknown = namesIn(step).filter(({ name }) => !before.has(name));
      before.add(step.id);
      const others =
        step.kind === 'when' ? [...look(step.then, [...here, 'then']), ...look(step.else, [...here, 'else'])] : [];
      return [
        ...twice,
        ...unknown.map(({ path: at, name }) => ({
          path: [...here, ...at],
          message: `names no step before it: ${name}`,
        })),
        ...others,
      ];
    });
  return look(steps, []);
}

/** The steps whose outputs a step's own expressions name, and where they do. */
function namesIn(step: Step): { path: readonly PropertyKey[]; name: string }[] {
  if (step.kind === 'when')
    return Expression.parse(step.condition).steps.map((name) => ({ path: ['condition'], name }));
  if (step.kind === 'wait') return [];
  return textsIn(step).flatMap(({ path, text }) =>
    parseTemplate(text).flatMap((part) => (typeof part === 'string' ? [] : part.steps.map((name) => ({ path, name })))),
  );
}
