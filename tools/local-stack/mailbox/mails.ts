import { randomUUID } from 'node:crypto';
import PostalMime, { type Attachment, type Email } from 'postal-mime';

/** An e-mail that came in. */
export interface Mail {
  id: string;
  at: string;
  /** Whom the envelope named. */
  to: readonly string[];
  source: Buffer;
  content: Email;
}

const KEPT = 1_000;

/** What has come in, newest first; the oldest are forgotten. */
export class Mails {
  private readonly all: Mail[] = [];

  async add(to: readonly string[], source: Buffer): Promise<void> {
    const content = await PostalMime.parse(source);
    this.all.unshift({ id: randomUUID(), at: new Date().toISOString(), to, source, content });
    this.all.length = Math.min(this.all.length, KEPT);
  }

  /** To an address, or all. */
  list(to?: string): readonly Mail[] {
    return to === undefined ? this.all : this.all.filter((mail) => mail.to.includes(to));
  }

  find(id: string): Mail | undefined {
    return this.all.find((mail) => mail.id === id);
  }

  clear(): void {
    this.all.length = 0;
  }
}

/** A mail as a list of them shows it. */
export const inShort = ({ id, at, to, content }: Mail): object => ({
  id,
  at,
  from: content.from?.address ?? null,
  to,
  subject: content.subject ?? '',
  message_id: content.messageId ?? null,
});

export const inFull = (mail: Mail): object => ({
  ...inShort(mail),
  headers: mail.content.headers.map(({ key, value }) => [key, value]),
  text: mail.content.text ?? '',
  html: mail.content.html ?? '',
  attachments: mail.content.attachments.map(({ filename, mimeType }) => ({ filename, type: mimeType })),
});

/** The bytes of an attachment. */
export const bytesOf = ({ content }: Attachment): Buffer =>
  typeof content === 'string'
    ? Buffer.from(content)
    : Buffer.from(content instanceof ArrayBuffer ? new Uint8Array(content) : content);
