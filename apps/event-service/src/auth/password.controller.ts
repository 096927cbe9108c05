import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { Endpoint } from '#http';
import { changePasswordBody } from './auth.dto.js';
import { AuthService } from './auth.service.js';

@ApiTags('Accounts')
@Controller('v1/users/me/password')
export class PasswordController {
  constructor(private readonly auth: AuthService) {}

  @Post()
  @Endpoint({
    summary: 'Change one’s own password',
    description: 'Ends every session: refresh tokens are worthless afterwards.',
    errors: ['invalid-credentials', 'conflict'],
    attempts: true,
    notKept: true,
  })
  async change(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: changePasswordBody }) body: z.infer<typeof changePasswordBody>,
  ): Promise<void> {
    await this.auth.changePassword(principal.id, body.current_password, body.new_password);
  }
}
