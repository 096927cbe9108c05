/**
 * @nestjs/throttler, loaded when Nest itself has been: it is CommonJS and requires Nest's ES modules, which Jest cannot
 * do from within the graph that is still loading them (jestjs/jest#16366).
 */
export const { getOptionsToken, getStorageToken, normalizeIp, ThrottlerGuard } = await import('@nestjs/throttler');
