import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Let it finish even when this process ends before; otherwise it is ended with us. */
  readonly finishAnyway?: boolean;
  /** Called with each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** A finished command: its exit code (null when a signal or the time limit ended it) and all it wrote. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command to its end without a shell and without standard input. A command that is missing gives code 127. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.env && { env: options.env }),
      ...(options.cwd && { cwd: options.cwd }),
      ...(options.timeoutMs && { timeout: options.timeoutMs, killSignal: 'SIGKILL' as const }),
    });
    const end = () => child.kill();
    if (!options.finishAnyway) process.once('exit', end);
    const collect = (chunk: string) => {
      output += chunk;
      options.onOutput?.(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => {
      process.off('exit', end);
      resolve({ code, output });
    });
  });
}
