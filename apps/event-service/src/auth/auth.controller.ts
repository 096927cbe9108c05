import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { answer, Endpoint, ResourceId } from '#http';
import { registerBody, toAnswer, userAnswer } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { loginAnswer, loginBody, refreshBody, tokensAnswer } from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { SessionsService } from './sessions.service.js';

/** RFC 6749, section 5.1: no cache may keep tokens. */
const NOT_CACHED = { headers: { 'Cache-Control': 'no-store' } };

@ApiTags('Accounts')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
  ) {}

  @Post('register')
  @Endpoint({
    summary: 'Make an account',
    access: 'anonymous',
    status: 201,
    answers: userAnswer,
    errors: ['email-taken', 'username-taken'],
  })
  async register(@Body({ schema: registerBody }) body: z.infer<typeof registerBody>, @ResourceId() id: string) {
    const user = await this.users.registerUser(id, body);
    return answer(toAnswer(user), { version: user.version, location: '/v1/users/me' });
  }

  @Post('login')
  @Endpoint({
    summary: 'Sign in',
    access: 'anonymous',
    answers: loginAnswer,
    errors: ['invalid-credentials'],
    attempts: true,
    notKept: true,
  })
  async login(@Body({ schema: loginBody }) { username, email, password }: z.infer<typeof loginBody>) {
    const name = email === undefined ? { username: username ?? '' } : { email };
    const { user, tokens } = await this.auth.login(name, password);
    return answer({ ...tokens, user: toAnswer(user) }, NOT_CACHED);
  }

  @Post('refresh')
  @Endpoint({
    summary: 'Exchange a refresh token for a new pair',
    description: 'A refresh token is good for once; using an old one ends the session.',
    access: 'anonymous',
    answers: tokensAnswer,
    errors: ['invalid-token'],
    notKept: true,
  })
  async refresh(@Body({ schema: refreshBody }) body: z.infer<typeof refreshBody>) {
    return answer(await this.sessions.refresh(body.refresh_token), NOT_CACHED);
  }

  @Post('logout')
  @Endpoint({ summary: 'End a session', access: 'anonymous', notKept: true })
  async logout(@Body({ schema: refreshBody }) body: z.infer<typeof refreshBody>): Promise<void> {
    await this.sessions.end(body.refresh_token);
  }
}
