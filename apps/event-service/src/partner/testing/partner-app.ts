import { startTestApp, type TestApp, type TestSession } from '#testing';
import { CLOCK, CONFIG, readConfig } from '../../config.js';
import { PartnerModule } from '../partner.module.js';
import type { PartnerStatus } from '../partner.dto.js';

/** The gateway as a real HTTP application, with somebody signed in and a clock that the test sets. */
export class PartnerApp {
  now = new Date();

  private constructor(
    readonly app: TestApp,
    readonly session: TestSession,
  ) {}

  static async start(environment: Record<string, string>): Promise<PartnerApp> {
    const clock = { now: () => new Date() };
    class Settings {}
    const settings = {
      module: Settings,
      global: true,
      providers: [
        { provide: CONFIG, useValue: readConfig(environment) },
        { provide: CLOCK, useValue: clock },
      ],
      exports: [CONFIG, CLOCK],
    };
    const app = await startTestApp({ imports: [settings, PartnerModule] });
    const started = new PartnerApp(app, await app.tokens.session());
    clock.now = () => started.now;
    return started;
  }

  later(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1_000);
  }

  get(path: string) {
    return this.app.http.get(`/v1/partner/${path}`).set(this.session.headers);
  }

  post(body: object = { name: 'Jazz night', user_id: '1' }, headers: Record<string, string> = {}) {
    return this.app.http
      .post('/v1/partner/events')
      .set({ ...this.session.headers, ...headers })
      .send(body);
  }

  async status(): Promise<PartnerStatus> {
    const answer = await this.get('status').expect(200);
    return answer.body as PartnerStatus;
  }

  /** What Prometheus reads. */
  async metrics(): Promise<string> {
    const { text } = await this.app.http.get('/metrics').expect(200);
    return text;
  }
}
