import { Webhook } from 'standardwebhooks';

/**
 * The headers by which a receiver knows a webhook for ours and for new: one signature for each secret that is valid now.
 * Source: Standard Webhooks, "Webhook headers" and "Signature scheme".
 */
export function signedHeaders(
  { id, body, secrets }: { id: string; body: string; secrets: readonly string[] },
  now: Date,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}
