export { contextFields, currentContext, type ExecutionContext, runInContext } from './context.js';
export { HealthProbes } from './health.js';
export { createLogger, type Logger, nestLogger } from './logger.js';
export { Metrics } from './metrics.js';
export { LOGGER, ObservabilityModule } from './observability.module.js';
export { continueTrace, formatTraceparent, type TraceContext } from './trace-context.js';
