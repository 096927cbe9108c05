import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

const BUCKET = 'usher';
const KEY = 'S3RVER';

/** A server that speaks S3, with one bucket, in this process: signatures are checked, objects are files. */
export class S3Server {
  /** Names and values as event-service takes them from its environment. */
  readonly settings: Readonly<Record<string, string>>;

  private constructor(
    private readonly server: S3rver,
    private readonly directory: string,
    port: number,
  ) {
    this.settings = {
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: KEY,
      S3_SECRET_ACCESS_KEY: KEY,
      S3_FORCE_PATH_STYLE: 'true',
    };
  }

  static async start(): Promise<S3Server> {
    const directory = await mkdtemp(join(tmpdir(), 'usher-s3-'));
    const server = new S3rver({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory,
      configureBuckets: [{ name: BUCKET }],
    });
    const { port } = await server.run();
    return new S3Server(server, directory, port);
  }

  /** The ids of the attachments that are in the bucket, from the server's own disk: uploads that are not whole count too. */
  async ids(): Promise<string[]> {
    const files = await readdir(join(this.directory, BUCKET), { recursive: true, withFileTypes: true });
    return files.filter((file) => file.name.endsWith('object')).map(({ name }) => name.slice(0, 24));
  }

  async stop(): Promise<void> {
    await this.server.close();
    await rm(this.directory, { recursive: true });
  }
}
