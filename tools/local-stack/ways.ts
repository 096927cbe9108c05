import type { OnStep } from './progress.js';

/** One way to get a server. The tables of README.md are arrays of these, tried in order. */
export interface Way<T> {
  readonly name: string;
  /** @throws {Unavailable} when this way is not open here: the next one is tried. Any other error stops the search. */
  try(): Promise<T>;
}

/** A way is not open on this machine, and why, in one line for the user. */
export class Unavailable extends Error {
  override readonly name: string = 'Unavailable';
}

/** Something is there, but cannot be used: worth saying even when a later way works. */
export class Unusable extends Unavailable {
  override readonly name = 'Unusable';
}

/** What was tried and why it did not work. */
export interface FailedWay {
  readonly name: string;
  readonly reason: string;
}

/** No way worked: lists each with its reason, and the shortest remedy for this platform. */
export class NothingWorked extends Error {
  override readonly name = 'NothingWorked';

  readonly failed: readonly FailedWay[];

  constructor(what: string, failed: readonly FailedWay[], remedy: string) {
    const width = Math.max(0, ...failed.map((way) => way.name.length));
    const lines = failed.map((way) => `  ✗ ${way.name.padEnd(width)}  ${way.reason}`);
    super(
      [`No ${what} could be found or started. Tried, in this order:`, ...lines, `What helps: ${remedy}`].join('\n'),
    );
    this.failed = failed;
  }
}

/** The result of the first way that works; what is unusable becomes a notice. @throws {NothingWorked} with every reason when none does. */
export async function firstThatWorks<T>(
  what: string,
  ways: readonly Way<T>[],
  remedy: string,
  onStep: OnStep,
): Promise<T> {
  const failed: FailedWay[] = [];
  for (const way of ways) {
    try {
      return await way.try();
    } catch (error) {
      if (error instanceof NothingWorked) failed.push(...error.failed);
      else if (error instanceof Unavailable) {
        failed.push({ name: way.name, reason: error.message });
        if (error instanceof Unusable) onStep({ kind: 'notice', text: `${way.name}: ${error.message}` });
      } else throw error;
    }
  }
  throw new NothingWorked(what, failed, remedy);
}
