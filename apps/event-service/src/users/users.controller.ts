import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { answer, Endpoint, IfMatch, type Precondition } from '#http';
import { patchProfileBody, toAnswer, userAnswer } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('Accounts')
@Controller('v1/users/me')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Endpoint({ summary: 'One’s own account', answers: userAnswer })
  async read(@CurrentPrincipal() principal: Principal) {
    const user = await this.users.readUser(principal.id);
    return answer(toAnswer(user), { version: user.version });
  }

  @Patch()
  @Endpoint({
    summary: 'Change one’s own profile',
    description: 'A JSON Merge Patch (RFC 7396).',
    answers: userAnswer,
    errors: ['precondition-failed', 'conflict'],
  })
  async change(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: patchProfileBody }) patch: z.infer<typeof patchProfileBody>,
    @IfMatch() precondition: Precondition,
  ) {
    const user = await this.users.changeProfile(principal.id, patch, precondition);
    return answer(toAnswer(user), { version: user.version });
  }
}
