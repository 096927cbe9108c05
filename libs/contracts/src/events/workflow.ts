import { z } from 'zod';
import { actorSchema, idSchema } from '../primitives.js';

/** How many people one message of a workflow may be for. */
export const MAX_NOTIFIED = 100;

/** `data` of `usher.workflow.notified`, version 1: a run of a workflow has something to say to some people. */
export const workflowNotifiedV1 = z.object({
  workflow: z.object({ id: idSchema, name: z.string() }),
  run: z.object({ id: idSchema }),
  users: z.array(idSchema).min(1).max(MAX_NOTIFIED).describe('Whom it is for'),
  event_id: idSchema.nullable().describe('The managed event that it is about; null where it is about none'),
  title: z.string(),
  message: z.string(),
  actor: actorSchema,
});
export type WorkflowNotifiedV1 = z.infer<typeof workflowNotifiedV1>;
