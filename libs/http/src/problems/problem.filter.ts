import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UsherError } from '#kernel';
import { type Logger, LOGGER, runInContext } from '#observability';
import { contextOf } from '../request-context.js';
import { HTTP_SETTINGS } from '../tokens.js';
import type { HttpSettings } from '../settings.js';
import { allowedMethods } from './allowed-methods.js';
import { answerProblem } from './answer-problem.js';
import { toUsherError } from './problem.js';
import { PROBLEMS } from './problems.js';

/** Answers every error, thrown on purpose or not, as a problem document (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw exception;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = this.understand(exception, request, reply);
    runInContext(contextOf(request), () => this.report(error));
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    answerProblem(error, request, reply, this.settings.publicUrl);
  }

  /** Refusals are in the line of their request; what is our own trouble needs its cause. */
  private report(error: UsherError): void {
    const line = { err: error.cause ?? error, code: error.code };
    if (error.code === 'internal-error') this.logger.error(line, 'http.failed');
    else if (PROBLEMS[error.code].status >= 500) this.logger.warn(line, 'http.unavailable');
  }

  /** An unknown route is 405 where another method, and only another, would have found something. */
  private understand(exception: unknown, request: FastifyRequest, reply: FastifyReply): UsherError {
    if (!(exception instanceof NotFoundException) || !request.is404) return toUsherError(exception);
    const methods = allowedMethods(request.server, request.url);
    if (methods.length === 0 || methods.includes(request.method)) return toUsherError(exception);
    void reply.header('Allow', methods.join(', '));
    return new UsherError('method-not-allowed', `${request.method} is not allowed here.`);
  }
}
