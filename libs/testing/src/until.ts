const PAUSE_MS = 10;

/**
 * Runs `assertion` until it passes and rejects with its last failure after `timeoutMs` (10 s unless told otherwise):
 * tests wait for conditions, never for time.
 */
export async function until(assertion: () => unknown, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
