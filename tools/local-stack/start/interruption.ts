/** The first request to stop. */
export interface Interruption {
  /** Resolves with what asked for it: a signal's name. */
  readonly requested: Promise<string>;
  /** Aborted from then on. */
  readonly signal: AbortSignal;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** npm passes on the Ctrl-C that the terminal has sent to us already: what comes this soon is the same one. */
const SAME_KEYSTROKE_MS = 500;
const PARENT_CHECK_MS = 500;

/**
 * Listens for Ctrl-C, SIGTERM and SIGHUP. A second one, later, calls `force`. Under `npm start` the end of the shell in
 * between counts as well: it dies of a SIGTERM that npm passes on, and does not pass it on to us.
 */
export function listenForInterruption(force: () => void): Interruption {
  const controller = new AbortController();
  let first = 0;
  const requested = new Promise<string>((resolve) => {
    const request = (reason: string) => {
      if (!controller.signal.aborted) {
        first = performance.now();
        controller.abort();
        resolve(reason);
      } else if (performance.now() - first > SAME_KEYSTROKE_MS) force();
    };
    for (const signal of SIGNALS) process.on(signal, () => request(signal));
    if (process.env['npm_lifecycle_event']) whenParentEnds(() => request('npm ended'));
  });
  return { requested, signal: controller.signal };
}

function whenParentEnds(then: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, PARENT_CHECK_MS);
  timer.unref();
}
