import { Inject, Injectable } from '@nestjs/common';
import type { NotificationType } from '#contracts';
import { HTTP_SETTINGS, type HttpSettings } from '#http';
import { UsherError } from '#kernel';
import { CONFIG, type Config } from '../../config.js';
import { derivedKey } from '../../derived-key.js';
import { readClaim, signClaim, type UnsubscribeClaim } from './unsubscribe-token.js';

/** What an e-mail carries so that its reader can have no more of its kind. */
export interface UnsubscribeLinks {
  /** For people: a page that asks. */
  url: string;
  /** For mail programs, which unsubscribe with one click (RFC 8058). */
  headers: { 'List-Unsubscribe': string; 'List-Unsubscribe-Post': string };
}

/** Makes and reads the links in e-mails. They need no login: whoever has the e-mail may refuse the next. */
@Injectable()
export class UnsubscribeLinking {
  private readonly key: Buffer;

  constructor(
    @Inject(CONFIG) { ENCRYPTION_KEY }: Config,
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
  ) {
    this.key = derivedKey(ENCRYPTION_KEY, 'usher unsubscribe links');
  }

  /** @param readerId A user, or an attendee who has booked without an account. */
  linksFor(readerId: string, type: NotificationType): UnsubscribeLinks {
    const token = signClaim({ id: readerId, type }, this.key);
    const url = `${this.settings.publicUrl}/v1/preferences/unsubscribe?token=${token}`;
    return {
      url,
      headers: { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    };
  }

  /** Throws `validation-failed`, the same for whatever is wrong with it. */
  read(token: string): UnsubscribeClaim {
    const claim = readClaim(token, this.key);
    if (claim !== undefined) return claim;
    throw new UsherError('validation-failed', 'The link is not whole: open it from the e-mail once more.', {
      errors: [{ pointer: '/query/token', message: 'is not one that Usher has made' }],
    });
  }
}
