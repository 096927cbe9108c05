import { z } from 'zod';
import type { Clock } from '#kernel';

/** What `POST /v1/auth/token` answers (RFC 6749, section 5.1). */
export const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.int().positive() });

/** How long before it expires a token is not used any more: it has to last for the call, whoever's clock is behind. */
const MARGIN_SECONDS = 60;

/** This service's own access token: asked for when it is needed, by one caller for all, and kept until it is about to expire. */
export class AccessTokens {
  private kept: { token: string; until: number } | undefined;
  private asking: Promise<string> | undefined;

  constructor(
    private readonly ask: () => Promise<z.infer<typeof tokenAnswer>>,
    private readonly clock: Clock,
  ) {}

  /** Throws what `ask` throws, and asks again the next time. */
  async current(): Promise<string> {
    if (this.kept !== undefined && this.clock.now().getTime() < this.kept.until) return this.kept.token;
    this.asking ??= this.renew().finally(() => (this.asking = undefined));
    return this.asking;
  }

  /** A token that was refused is not used again; by then another may be kept. */
  discard(refused: string): void {
    if (this.kept?.token === refused) this.kept = undefined;
  }

  private async renew(): Promise<string> {
    const { access_token: token, expires_in: seconds } = await this.ask();
    const lifetime = Math.max(seconds - MARGIN_SECONDS, seconds / 2);
    this.kept = { token, until: this.clock.now().getTime() + lifetime * 1_000 };
    return token;
  }
}
