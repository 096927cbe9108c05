import { Schema } from 'mongoose';
import type { Workflow } from './workflow.js';

/** A workflow as it is stored: what is not looked for stands in a text, since names in it may be such as MongoDB does not take. */
export interface WorkflowDocument extends Omit<Workflow, 'id' | 'trigger' | 'steps'> {
  _id: string;
  definition: string;
}

export const WORKFLOW = 'Workflow';

export const workflowSchema = new Schema<WorkflowDocument>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    enabled: { type: Boolean, required: true },
    definition: { type: String, required: true },
    since: { type: Number, required: true },
    created_by: {
      type: new Schema<Workflow['created_by']>(
        { id: { type: String, required: true }, username: { type: String, required: true } },
        { _id: false },
      ),
      required: true,
    },
    version: { type: Number, required: true },
    created_at: { type: Date, required: true },
    updated_at: { type: Date, required: true },
  },
  { collection: 'workflows', versionKey: false },
);

workflowSchema.index({ created_at: 1, _id: 1 });
workflowSchema.index({ enabled: 1 });

/** Of all workflows together: how often they have changed, and how many there are. */
export interface WorkflowsHead {
  _id: 'workflows';
  revision: number;
  count: number;
}

export const WORKFLOWS_HEAD = 'WorkflowsHead';

export const workflowsHeadSchema = new Schema<WorkflowsHead>(
  {
    _id: { type: String, required: true },
    revision: { type: Number, required: true },
    count: { type: Number, required: true },
  },
  { collection: 'workflows_head', versionKey: false },
);
