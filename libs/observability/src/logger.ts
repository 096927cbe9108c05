import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { contextFields } from './context.js';

export type { Logger };

/** Members that never reach a log, wherever a line carries them. */
const REDACTED = [
  'password',
  'current_password',
  'new_password',
  'token',
  'access_token',
  'refresh_token',
  'client_secret',
  'secret',
  'authorization',
  'email',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** A pino logger that writes JSON lines to standard output, each with its service and its trace. */
export function createLogger(options: { service: string; level: string }): Logger {
  return pino({
    level: options.level,
    base: { service: options.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    mixin: contextFields,
  });
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
