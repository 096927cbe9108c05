import { ACCOUNTS } from './services.js';

/** Registers the demo user as anybody would; one that exists is fine. @throws {Error} with the service's answer. */
export async function registerDemoUser(eventServicePort: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${eventServicePort}/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ACCOUNTS.demo),
    signal: AbortSignal.timeout(15_000),
  });
  const answer = await response.text();
  if (response.ok || response.status === 409) return;
  throw new Error(`POST /v1/auth/register answered ${response.status} ${answer}`);
}
