import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { contextFields } from './context.js';
import { describeError } from './described-error.js';
import { redact } from './redaction.js';

export type { Logger };

/** A pino logger that writes JSON lines, to standard output where nothing else is given, each with its service and its trace. */
export function createLogger(options: { service: string; level: string }, destination?: DestinationStream): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: (line: Record<string, unknown>) => redact(line) },
    serializers: { err: describeError },
    mixin: contextFields,
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

/** Nest's own messages in the same JSON lines; its routine start-up chatter at `debug`. */
export function nestLogger(logger: Logger): LoggerService {
  const line = (message: unknown, parameters: unknown[]): [object, string] => [
    { context: parameters.at(-1) },
    message instanceof Error ? (message.stack ?? message.message) : String(message),
  ];
  return {
    log: (message: unknown, ...parameters: unknown[]) => logger.debug(...line(message, parameters)),
    error: (message: unknown, ...parameters: unknown[]) =>
      logger.error({ context: parameters.at(-1), stack: parameters.at(0) }, String(message)),
    warn: (message: unknown, ...parameters: unknown[]) => logger.warn(...line(message, parameters)),
    debug: (message: unknown, ...parameters: unknown[]) => logger.debug(...line(message, parameters)),
    verbose: (message: unknown, ...parameters: unknown[]) => logger.trace(...line(message, parameters)),
    fatal: (message: unknown, ...parameters: unknown[]) => logger.fatal(...line(message, parameters)),
  };
}
