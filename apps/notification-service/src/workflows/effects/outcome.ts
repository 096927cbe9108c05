/** What came of one attempt at a step. */
export type Outcome =
  | { kind: 'done'; output: unknown; detail?: string }
  /** Another attempt may go better; not before `retryAfter` seconds, where that is said. */
  | { kind: 'again'; detail: string; retryAfter: number | undefined }
  | { kind: 'failed'; detail: string };
