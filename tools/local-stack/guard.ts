import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Stands the guard down: what it guarded has ended in an orderly way. */
export type StandDown = () => void;

/**
 * `read` returns at the end of its input, and the input ends when this process does, however it dies: the kernel closes
 * the pipe even after SIGKILL. Unlike PR_SET_PDEATHSIG this works on every Unix and for any descendant. A word on the
 * pipe means that all is well and nothing is to be done.
 */
const AFTER_PARENT = `trap '' HUP INT TERM; read -r _ && exit; `;

const SCRIPTS = {
  killGroup: `${AFTER_PARENT} kill -s KILL -- "-$1"`,
  removeFolder: `${AFTER_PARENT} for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5; rm -rf -- "$1" && exit; done`,
  removeContainer: `${AFTER_PARENT} docker rm --force --volumes "$1"`,
} as const;

function guard(script: string, argument: string): StandDown {
  if (process.platform === 'win32') return () => undefined; // no sh: an orderly stop is all there is
  const child = spawn('sh', ['-c', script, 'usher-guard', argument], {
    detached: true, // a Ctrl-C in the terminal goes to a whole process group, and this one must outlive it
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  child.on('error', () => undefined);
  child.unref();
  const pipe = child.stdin as Socket;
  pipe.on('error', () => undefined);
  pipe.unref();
  return () => pipe.end('done\n');
}

/** Kills the process group led by `pid` when this process ends without having stood the guard down. */
export const killGroupAfterUs = (pid: number): StandDown => guard(SCRIPTS.killGroup, String(pid));

/** Removes a throw-away folder when this process ends without having stood the guard down. */
export const removeFolderAfterUs = (folder: string): StandDown => guard(SCRIPTS.removeFolder, folder);

/** Removes a Docker container when this process ends without having stood the guard down. */
export const removeContainerAfterUs = (name: string): StandDown => guard(SCRIPTS.removeContainer, name);
