import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { answer, type Answer, Endpoint } from '#http';
import { ClientTokens } from './client-tokens.js';
import { tokenAnswer, type TokenAnswer, tokenBody, type TokenBody } from './token/token.dto.js';
import { TokenEndpoint } from './token/token-endpoint.js';
import { readCredentials } from './token/token-request.js';

/** RFC 6749, section 5.1: no cache may keep tokens, of whatever age. */
const NOT_CACHED = { headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache' } };

@ApiTags('Service clients')
@Controller('v1/auth/token')
export class TokenController {
  constructor(private readonly tokens: ClientTokens) {}

  @Post()
  @TokenEndpoint()
  @Endpoint({
    summary: 'Get an access token as a service client',
    description:
      'OAuth 2.0 client credentials (RFC 6749, section 4.4). The credentials may come by HTTP Basic instead of in the body. Problems carry OAuth’s `error` as well.',
    access: 'anonymous',
    answers: tokenAnswer,
    errors: ['unsupported-grant-type', 'invalid-scope', 'invalid-credentials'],
    attempts: true,
    notKept: true,
  })
  async issueToken(
    @Req() { headers }: FastifyRequest,
    @Body({ schema: tokenBody }) body: TokenBody,
  ): Promise<Answer<TokenAnswer>> {
    const credentials = readCredentials(body, headers.authorization);
    return answer(await this.tokens.issueToken(credentials, body.scope), NOT_CACHED);
  }
}
