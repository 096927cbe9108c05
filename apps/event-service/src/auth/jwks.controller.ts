import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SigningKey } from '#auth';
import { answer, Endpoint } from '#http';
import { jwksAnswer } from './auth.dto.js';

@ApiTags('Accounts')
@Controller('.well-known/jwks.json')
export class JwksController {
  constructor(private readonly key: SigningKey) {}

  @Get()
  @Endpoint({ summary: 'Public keys of access tokens (RFC 7517)', access: 'anonymous', answers: jwksAnswer })
  read() {
    return answer(this.key.jwks, { headers: { 'Cache-Control': 'public, max-age=300' } });
  }
}
