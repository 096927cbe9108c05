import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { json } from 'node:stream/consumers';

const BOUNDARY = 'boundary';

/** An upload of one file, which is sent when and as far as the test says. */
export class SlowUpload {
  /** What the service says to it, whether or not all was sent; rejects where the connection breaks. */
  readonly answer: Promise<{ status: number; body: unknown }>;
  /** When all was sent; rejects likewise. */
  readonly sent: Promise<unknown>;
  private readonly request: ClientRequest;

  /** Sends everything up to where the file begins; `fileName` is the parameter that names it. */
  constructor(url: string, headers: Readonly<Record<string, string>>, fileName = 'filename="flyer.png"') {
    const type = `multipart/form-data; boundary=${BOUNDARY}`;
    this.request = request(url, { method: 'POST', headers: { ...headers, 'content-type': type } });
    this.answer = new Promise((resolve, reject) => {
      this.request.on('error', reject);
      this.request.on('response', (response) => {
        const { statusCode: status = 0 } = response;
        json(response).then((body) => resolve({ status, body }), reject);
      });
    });
    this.sent = once(this.request, 'finish');
    for (const outcome of [this.answer, this.sent]) outcome.catch(() => undefined);
    this.request.write(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; ${fileName}\r\n\r\n`);
  }

  write(content: Buffer): void {
    this.request.write(content);
  }

  finish(): void {
    this.request.end(`\r\n--${BOUNDARY}--\r\n`);
  }

  abort(): void {
    this.request.destroy();
  }
}
