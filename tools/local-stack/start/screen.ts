import { styleText } from 'node:util';
import type { WriteStream } from 'node:tty';
import type { OnStep, StepEvent } from '../progress.js';

type Colour = Parameters<typeof styleText>[0];

/** Where `npm start` talks to the developer: finished lines that stay, and below them, on a terminal, what is running. */
export interface Screen {
  readonly onStep: OnStep;
  /** Writes one or more finished lines. */
  print(text: string): void;
  /** Text in a colour, where colours are shown. */
  paint(colour: Colour, text: string): string;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const BAR_WIDTH = 16;
const ASSUMED_COLUMNS = 80; // of a terminal that does not say
const CLEAR_LINE = '\r\x1b[K';

interface Running {
  readonly since: number;
  progress?: { done: number; total: number; quarter: number };
}

/** On a terminal, a live line; anywhere else plain lines, without colours or control characters. */
export function createScreen(stream: WriteStream = process.stdout): Screen {
  const live = stream.isTTY;
  const running = new Map<string, Running>();
  const paint = (colour: Colour, text: string) => (live ? styleText(colour, text, { stream }) : text);
  stream.on('error', () => undefined); // the terminal was closed; there is nobody left to tell
  let frame = 0;
  let drawn = false;

  const clear = () => {
    if (drawn) stream.write(CLEAR_LINE);
    drawn = false;
  };
  const draw = () => {
    if (!live || running.size === 0) return;
    const line = [...running].map(([step, state]) => describe(step, state)).join('  ·  ');
    const spinner = FRAMES[frame++ % FRAMES.length] ?? '';
    stream.write(`${CLEAR_LINE}${paint('cyan', spinner)} ${line.slice(0, (stream.columns || ASSUMED_COLUMNS) - 3)}`);
    drawn = true;
  };
  const print = (text: string) => {
    clear();
    stream.write(`${text}\n`);
    draw();
  };
  if (live) {
    setInterval(draw, FRAME_MS).unref();
    process.once('exit', clear); // whatever ends us, the prompt does not come after half a line
  }

  const handlers: { [K in StepEvent['kind']]: (event: Extract<StepEvent, { kind: K }>) => void } = {
    begun: ({ step }) => {
      running.set(step, { since: performance.now() });
      if (live) draw();
      else print(`  ${step} …`);
    },
    advanced: ({ step, done, total }) => {
      const state = running.get(step);
      if (!state) return;
      const quarter = Math.floor((4 * done) / total);
      const reached = quarter > (state.progress?.quarter ?? 0);
      state.progress = { done, total, quarter };
      if (reached && !live) print(`  ${describe(step, state)}`);
    },
    done: ({ step, detail, ms }) => {
      running.delete(step);
      const time = ms > 0 ? paint('dim', ` (${seconds(ms)})`) : '';
      print(`${paint('green', '✓')} ${step}${detail ? `: ${detail}` : ''}${time}`);
    },
    failed: ({ step, reason, ms }) => {
      running.delete(step);
      print(`${paint('red', '✗')} ${step}: ${reason} (${seconds(ms)})`);
    },
    notice: ({ text }) => print(`${paint('yellow', '!')} ${text}`),
  };
  return {
    onStep: (event) => (handlers[event.kind] as (event: StepEvent) => void)(event),
    print,
    paint,
  };
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const mib = (bytes: number): string => (bytes / 1_048_576).toFixed(0);

function describe(step: string, { since, progress }: Running): string {
  if (!progress) return `${step} ${Math.floor((performance.now() - since) / 1_000)} s`;
  const { done, total } = progress;
  const filled = Math.round((BAR_WIDTH * done) / total);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  return `${step} ${bar} ${Math.floor((100 * done) / total)} % of ${mib(total)} MiB`;
}
