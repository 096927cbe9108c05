import { AsyncLocalStorage } from 'node:async_hooks';

/** What the running transaction wants done once it is committed. */
const pending = new AsyncLocalStorage<Set<() => void>>();

/**
 * Has `hook` called once the running transaction is committed, or now where there is none; once, however often it is asked
 * for with the same function. A hook is for waking somebody up: it is lost with the process, and must not throw.
 */
export function afterCommit(hook: () => void): void {
  const hooks = pending.getStore();
  if (hooks === undefined) hook();
  else hooks.add(hook);
}

/** Runs `transaction`, which may call `attempt` several times, and after it the hooks of the attempt that was committed. */
export async function withCommitHooks<T>(transaction: (attempt: <R>(work: () => R) => R) => Promise<T>): Promise<T> {
  let hooks = new Set<() => void>();
  const result = await transaction((work) => {
    hooks = new Set();
    return pending.run(hooks, work);
  });
  for (const hook of hooks) hook();
  return result;
}
