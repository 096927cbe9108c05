import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { Endpoint } from '#http';
import { type Clock, UsherError } from '#kernel';
import { CLOCK } from '../config.js';
import { LiveSessionFactory } from './live-session.factory.js';
import { LiveSessions } from './live-sessions.js';
import { StreamConnection } from './stream-connection.js';

const position = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a position: a whole number from 0')
  .transform(Number)
  .optional();
const streamQuery = z.strictObject({ after: position });

/** Live notifications over Server-Sent Events: the same session as a socket's, for clients that only listen. */
@ApiTags('Live')
@Controller('v1/notifications/stream')
export class StreamController {
  constructor(
    private readonly factory: LiveSessionFactory,
    private readonly sessions: LiveSessions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @Endpoint({
    summary: 'Live notifications as Server-Sent Events',
    description:
      'Events `ready`, `notification` (its `id` is the position), `gap` and `auth_expired`. With `Last-Event-ID`, or ' +
      '`after` on a first connection, everything missed since that position comes first, in order. What the caller has ' +
      'turned off for `socket` (`PUT /v1/preferences`) is left out.',
    status: 200,
    answerDescription: 'The stream',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The position of the last event received' })
  stream(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: streamQuery }) query: z.infer<typeof streamQuery>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const after = lastPosition(lastEventId) ?? query.after;
    this.sessions.assertRoomFor(principal.id);
    // From here on the answer is ours: whatever can be refused has been.
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    reply.raw.flushHeaders();
    const session = this.factory.open(principal, new StreamConnection(reply.raw), after);
    const expiry = setTimeout(
      () => session.close('auth-expired'),
      Math.max(0, principal.expiresAt.getTime() - this.clock.now().getTime()),
    ).unref();
    reply.raw.once('close', () => {
      clearTimeout(expiry);
      this.factory.end(session);
    });
  }
}

/** The position in `Last-Event-ID`; browsers send it empty before the first event. Throws `validation-failed`. */
function lastPosition(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  const { data, error } = position.safeParse(lastEventId);
  if (error === undefined) return data;
  throw new UsherError('validation-failed', 'The input is not valid; see `errors`.', {
    errors: [{ pointer: '/header/Last-Event-ID', message: error.issues[0]?.message ?? 'is no position' }],
  });
}
