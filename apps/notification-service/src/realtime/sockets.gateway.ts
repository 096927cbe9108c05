import { Inject, UseInterceptors } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { z } from 'zod';
import { type Principal, requirePerson, TokenVerifier } from '#auth';
import { type Acknowledgement, clientMessageSchemas } from '#contracts';
import { type Clock, UsherError } from '#kernel';
import { CLOCK } from '../config.js';
import { FollowsService } from '../follows/follows.service.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import { AcknowledgeInterceptor, refusal } from './acknowledge.interceptor.js';
import { LiveSessionFactory } from './live-session.factory.js';
import { LiveSessions } from './live-sessions.js';
import { MessageLimit } from './message-limit.js';
import { MessagePipe } from './message.pipe.js';
import { type LiveServer, type LiveSocket, SocketConnection } from './socket-connection.js';

type Message<M extends keyof typeof clientMessageSchemas> = z.infer<(typeof clientMessageSchemas)[M]>;
const OK: Acknowledgement = { ok: true };

/** Live notifications over Socket.IO: the contract's events, spoken by signed-in users only. */
@WebSocketGateway()
@UseInterceptors(AcknowledgeInterceptor)
export class SocketsGateway implements OnGatewayInit<LiveServer>, OnGatewayConnection, OnGatewayDisconnect {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly factory: LiveSessionFactory,
    private readonly sessions: LiveSessions,
    private readonly notifications: NotificationsService,
    private readonly follows: FollowsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The token is checked before a connection comes about; a refusal reaches the client as `connect_error`, after which it
   * does not try again by itself. Trouble of our own closes the transport instead, after which it does.
   */
  afterInit(server: LiveServer): void {
    server.use((socket, next) => {
      this.admit(socket).then(
        () => next(),
        (error: unknown) => {
          if (error instanceof UsherError && error.code === 'unavailable') socket.conn.close();
          else next(refusal(error));
        },
      );
    });
  }

  handleConnection(socket: LiveSocket): void {
    const { principal } = socket.data;
    socket.data.session = this.factory.open(principal, new SocketConnection(socket), after(socket));
    this.expireWith(socket, principal);
  }

  handleDisconnect(socket: LiveSocket): void {
    clearTimeout(socket.data.expiry);
    this.factory.end(socket.data.session);
  }

  @SubscribeMessage('subscribe')
  async subscribe(
    @ConnectedSocket() { data }: LiveSocket,
    @MessageBody(new MessagePipe(clientMessageSchemas.subscribe)) { event_id }: Message<'subscribe'>,
  ): Promise<Acknowledgement> {
    await this.follows.follow(data.principal.id, event_id);
    return OK;
  }

  @SubscribeMessage('unsubscribe')
  async unsubscribe(
    @ConnectedSocket() { data }: LiveSocket,
    @MessageBody(new MessagePipe(clientMessageSchemas.unsubscribe)) { event_id }: Message<'unsubscribe'>,
  ): Promise<Acknowledgement> {
    await this.follows.unfollow(data.principal.id, event_id);
    return OK;
  }

  /** Acknowledged once everything missed has been sent. */
  @SubscribeMessage('resume')
  async resume(
    @ConnectedSocket() { data }: LiveSocket,
    @MessageBody(new MessagePipe(clientMessageSchemas.resume)) message: Message<'resume'>,
  ): Promise<Acknowledgement> {
    await data.session.resume(message.after ?? (await this.notifications.acknowledged(data.principal.id)));
    return OK;
  }

  @SubscribeMessage('ack')
  async acknowledge(
    @ConnectedSocket() { data }: LiveSocket,
    @MessageBody(new MessagePipe(clientMessageSchemas.ack)) { position }: Message<'ack'>,
  ): Promise<Acknowledgement> {
    await this.notifications.acknowledge(data.principal.id, position);
    return OK;
  }

  /** A newer token of the same user prolongs the connection. */
  @SubscribeMessage('authenticate')
  async authenticate(
    @ConnectedSocket() socket: LiveSocket,
    @MessageBody(new MessagePipe(clientMessageSchemas.authenticate)) { token }: Message<'authenticate'>,
  ): Promise<Acknowledgement> {
    const principal = await this.tokens.verify(token);
    if (principal.id !== socket.data.principal.id)
      throw new UsherError('forbidden', 'The token belongs to another user; open another connection for them.');
    socket.data.principal = principal;
    this.expireWith(socket, principal);
    return OK;
  }

  private async admit(socket: LiveSocket): Promise<void> {
    const { token } = handshakeOf(socket);
    if (typeof token !== 'string') throw new UsherError('unauthenticated', 'Send an access token in auth.token.');
    const principal = await this.tokens.verify(token);
    requirePerson(principal);
    after(socket);
    this.sessions.assertRoomFor(principal.id);
    socket.data.principal = principal;
    socket.data.limit = new MessageLimit();
  }

  private expireWith(socket: LiveSocket, { expiresAt }: Principal): void {
    clearTimeout(socket.data.expiry);
    const milliseconds = Math.max(0, expiresAt.getTime() - this.clock.now().getTime());
    socket.data.expiry = setTimeout(() => socket.data.session.close('auth-expired'), milliseconds).unref();
  }
}

/** The position in `auth.after`; throws `validation-failed` for anything but a whole number from 0. */
function after(socket: LiveSocket): number | undefined {
  const result = clientMessageSchemas.resume.safeParse({ after: handshakeOf(socket)['after'] ?? undefined });
  if (result.success) return result.data.after;
  throw new UsherError('validation-failed', 'auth.after must be a position: a whole number from 0.');
}

/** What the client sent along when it connected: anything. */
const handshakeOf = (socket: LiveSocket): Record<string, unknown> => socket.handshake.auth;
