/** Stops what global-setup started; its folder goes with it. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.usherTestStack?.stop();
  globalThis.usherTestStack = undefined;
}
