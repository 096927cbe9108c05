import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';

const MAX_MESSAGE_BYTES = 65_536;

/** Socket.IO on the service's own HTTP server, open to the same origins as its HTTP. */
export class SocketServerAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly corsOrigins: readonly string[],
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: Partial<ServerOptions>): Server {
    const settings: Partial<ServerOptions> = {
      ...options,
      serveClient: false,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      cors: { origin: [...this.corsOrigins] },
      // CORS does not bind WebSockets, so a browser's origin is checked before the handshake.
      allowRequest: ({ headers: { origin, host } }, decide) => {
        const allowed = origin === undefined || isSameHost(origin, host) || this.corsOrigins.includes(origin);
        decide(allowed ? null : 'origin not allowed', allowed);
      },
    };
    // Nest asks for every option although Socket.IO itself wants none.
    return super.createIOServer(port, settings as ServerOptions);
  }
}

const isSameHost = (origin: string, host: string | undefined): boolean =>
  URL.canParse(origin) && new URL(origin).host === host;
