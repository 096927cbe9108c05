import { Injectable } from '@nestjs/common';

export interface ProbeResult {
  status: 'up' | 'down';
  /** Why it is down. */
  detail?: string;
}

/** Resolves when the dependency answers, rejects with the reason when it does not. */
type Probe = () => Promise<void>;

const PROBE_TIMEOUT_MS = 2_000;

/** What this service needs to do its work; each dependency registers its own probe. */
@Injectable()
export class HealthProbes {
  private readonly probes = new Map<string, Probe>();

  register(name: string, probe: Probe): void {
    this.probes.set(name, probe);
  }

  /** Every dependency by name; a probe that takes over two seconds counts as down. */
  async check(): Promise<Record<string, ProbeResult>> {
    const results = await Promise.all([...this.probes].map(async ([name, probe]) => [name, await run(probe)] as const));
    return Object.fromEntries(results);
  }
}

async function run(probe: Probe): Promise<ProbeResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PROBE_TIMEOUT_MS} ms`)), PROBE_TIMEOUT_MS);
  });
  try {
    await Promise.race([probe(), late]);
    return { status: 'up' };
  } catch (error) {
    return { status: 'down', detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
