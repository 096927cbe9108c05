import { randomBytes } from 'node:crypto';
import type { RunningApp } from './test-app.js';
import type { TestSession } from './test-tokens.js';

export const TEST_PASSWORD = 'Correct-horse-7';

/** An account of event-service, signed in. */
export interface TestAccount extends TestSession {
  email: string;
  password: string;
  refreshToken: string;
}

/** Registers somebody with a name nobody has, and signs them in. Throws where either is refused. */
export async function signUp(
  { http }: Pick<RunningApp, 'http'>,
  about: { username?: string; email?: string; password?: string } = {},
): Promise<TestAccount> {
  const username = about.username ?? `user_${randomBytes(6).toString('hex')}`;
  const email = about.email ?? `${username}@example.com`;
  const password = about.password ?? TEST_PASSWORD;
  const registered = await http.post('/v1/auth/register').send({ email, username, password });
  if (registered.status !== 201) throw new Error(`register: ${registered.status} ${registered.text}`);
  return signIn({ http }, { email, password });
}

/** Signs in with an account that is there, such as the admin's. */
export async function signIn(
  { http }: Pick<RunningApp, 'http'>,
  { email, password }: { email: string; password: string },
): Promise<TestAccount> {
  const { status, text, body } = await http.post('/v1/auth/login').send({ email, password });
  if (status !== 200) throw new Error(`login: ${status} ${text}`);
  const { access_token: token, refresh_token: refreshToken, user } = body as LoginBody;
  return { user, token, refreshToken, email, password, headers: { authorization: `Bearer ${token}` } };
}

interface LoginBody {
  access_token: string;
  refresh_token: string;
  user: { id: string; username: string };
}
