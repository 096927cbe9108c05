/** One thing that happened to one step; `step` is its name and stays the same from `begun` to its end. */
export type StepEvent =
  | { readonly kind: 'begun'; readonly step: string }
  | { readonly kind: 'advanced'; readonly step: string; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly step: string; readonly detail?: string | undefined; readonly ms: number }
  | { readonly kind: 'failed'; readonly step: string; readonly reason: string; readonly ms: number }
  | { readonly kind: 'notice'; readonly text: string };

/** Receives progress; `done` and `total` of `advanced` are bytes. Must not throw. */
export type OnStep = (event: StepEvent) => void;

/** Nobody watches. */
export const silent: OnStep = () => undefined;

/** Runs `work` as one step: reports its beginning, its end and its time in milliseconds, and passes its error on. */
export async function runStep<T>(
  onStep: OnStep,
  step: string,
  work: (advance: (done: number, total: number) => void) => Promise<T>,
  describe?: (result: T) => string | undefined,
): Promise<T> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  onStep({ kind: 'begun', step });
  try {
    const result = await work((done, total) => onStep({ kind: 'advanced', step, done, total }));
    onStep({ kind: 'done', step, detail: describe?.(result), ms: elapsed() });
    return result;
  } catch (error) {
    onStep({ kind: 'failed', step, reason: error instanceof Error ? error.message : String(error), ms: elapsed() });
    throw error;
  }
}
