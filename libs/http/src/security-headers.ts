import type { FastifyInstance } from 'fastify';

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** Swagger UI's page has inline styles and images, and its script comes from here. */
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'";

/** The headers by which browsers refuse to sniff, frame or leak; a page's policy for HTML, none at all for JSON. */
export function sendSecurityHeaders(instance: FastifyInstance, publicUrl: string): void {
  const overTls = publicUrl.startsWith('https://');
  instance.addHook('onSend', (_request, reply, payload, done) => {
    const type = reply.getHeader('content-type');
    const html = typeof type === 'string' && type.startsWith('text/html');
    void reply.header('X-Content-Type-Options', 'nosniff');
    void reply.header('X-Frame-Options', 'DENY');
    void reply.header('Referrer-Policy', 'no-referrer');
    if (!reply.hasHeader('content-security-policy'))
      void reply.header('Content-Security-Policy', html ? PAGE_POLICY : API_POLICY);
    if (overTls) void reply.header('Strict-Transport-Security', 'max-age=31536000');
    done(null, payload);
  });
}
