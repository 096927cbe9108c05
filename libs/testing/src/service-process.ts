import { join } from 'node:path';
import { type ServerProcess, spawnServer } from '#local-stack';
import { until } from './until.js';

const STOP_MS = 15_000;
const KEPT_LINES = 400;

/** One instance of a service as its own process, on a port that it keeps across restarts. Run the build first. */
export class ServiceProcess {
  /** The last lines of its log. */
  readonly log: string[] = [];
  private process: ServerProcess | undefined;

  constructor(
    readonly name: 'event-service' | 'notification-service',
    readonly port: number,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Resolves when the service answers; with `ready`, when all that it depends on does too. */
  async start({ ready = true } = {}): Promise<void> {
    this.process = await spawnServer({
      command: process.execPath,
      args: [join(process.cwd(), 'dist', 'apps', this.name, 'src', 'main.js')],
      env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'test', ...this.environment, PORT: String(this.port) },
      output: (line) => {
        this.log.push(line);
        if (this.log.length > KEPT_LINES) this.log.shift();
      },
    });
    await this.answers(ready ? '/health/ready' : '/health/live');
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    await this.process?.kill(signal);
  }

  async stop(): Promise<void> {
    await this.process?.stop(STOP_MS);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Throws with the end of its log where the service does not answer 200 within a minute or has ended. */
  async answers(path: string): Promise<void> {
    const gone = this.process?.gone;
    try {
      await until(async () => {
        if (gone?.aborted === true) return;
        const { status } = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(5_000) });
        if (status !== 200) throw new Error(`${path} answers ${status}`);
      }, 60_000);
    } catch (error) {
      throw new Error(`${this.name}: ${String(error)}\n${this.log.slice(-15).join('\n')}`, { cause: error });
    }
    if (gone?.aborted === true) throw new Error(`${this.name} ended\n${this.log.slice(-15).join('\n')}`);
  }
}
