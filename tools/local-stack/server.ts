/** A server that we run and may treat badly. All promises resolve when it is so. */
export interface LocalServer {
  /** The server's own process id; another one after `restart`. None when it runs in a container. */
  readonly pid?: number | undefined;
  /** How the current process ended, whoever ended it; never settles for a container. */
  readonly exited: Promise<string>;
  /** Stops it cleanly (at once, when its data is thrown away). Safe to repeat. */
  stop(): Promise<void>;
  /** Sends a signal: SIGKILL waits for the end, SIGSTOP and SIGCONT suspend and resume. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops it cleanly if it runs, and starts it again on the same port with the same data; also after `kill`. */
  restart(): Promise<void>;
}
