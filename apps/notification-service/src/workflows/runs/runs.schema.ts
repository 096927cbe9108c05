import { Schema } from 'mongoose';
import { type Entry, type Run, RUN_STATUSES, type Wait } from './run.js';

/** How long a run is kept after its end. */
export const RUNS_KEPT_DAYS = 30;

/** A run as it is stored. */
export interface RunDocument extends Omit<Run, 'id' | 'steps' | 'wait'> {
  _id: string;
  /** In a text: names in it may be such as MongoDB does not take. */
  steps: string;
  wait: (Wait & { keys: string[] }) | null;
  history: Entry[];
  expires_at: Date | null;
}

const workflow = new Schema<Run['workflow']>(
  {
    id: { type: String, required: true },
    name: { type: String, required: true },
    version: { type: Number, required: true },
  },
  { _id: false },
);
const wait = new Schema<NonNullable<RunDocument['wait']>>(
  {
    deadline: { type: Date, required: true },
    checked: { type: Boolean, required: true },
    keys: { type: [String], required: true },
  },
  { _id: false },
);
const entry = new Schema<Entry>(
  {
    at: { type: Date, required: true },
    what: { type: String, required: true },
    step: { type: String, default: null },
    attempt: { type: Number, default: null },
    detail: { type: String, default: null },
  },
  { _id: false },
);

export const RUN = 'WorkflowRun';

export const runSchema = new Schema<RunDocument>(
  {
    _id: { type: String, required: true },
    workflow: { type: workflow, required: true },
    steps: { type: String, required: true },
    event: { type: Schema.Types.Mixed, required: true },
    position: { type: Number, required: true },
    since: { type: Number, required: true },
    depth: { type: Number, required: true },
    status: { type: String, enum: RUN_STATUSES, required: true },
    step: { type: String, default: null },
    machine: { type: String, required: true },
    wait: { type: wait, default: null },
    due_at: { type: Date, default: null },
    version: { type: Number, required: true },
    started_at: { type: Date, required: true },
    finished_at: { type: Date, default: null },
    history: { type: [entry], required: true },
    expires_at: { type: Date, default: null },
  },
  { collection: 'workflow_runs', versionKey: false, minimize: false },
);

// One event begins one run of a workflow.
runSchema.index({ 'workflow.id': 1, position: 1 }, { unique: true });
runSchema.index({ 'workflow.id': 1, started_at: -1, _id: -1 });
runSchema.index({ 'workflow.id': 1, status: 1, started_at: -1, _id: -1 });
// What there is to do: of all runs only those that are under way.
const UNDER_WAY = { status: 'running' } as const;
runSchema.index({ due_at: 1 }, { partialFilterExpression: { ...UNDER_WAY, due_at: { $type: 'date' } } });
runSchema.index({ 'wait.checked': 1, 'wait.deadline': 1 }, { partialFilterExpression: UNDER_WAY });
runSchema.index({ 'wait.keys': 1 }, { partialFilterExpression: { ...UNDER_WAY, 'wait.checked': true } });
runSchema.index({ expires_at: 1 }, { expireAfterSeconds: 0 });
