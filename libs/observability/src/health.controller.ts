import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { HealthProbes } from './health.js';

const live = z.object({ status: z.literal('up') });
const state = z.enum(['up', 'down']);
const readiness = z.object({
  status: state,
  dependencies: z.record(z.string(), z.object({ status: state, detail: z.string().optional() })),
});

@ApiTags('Operations')
@Controller('health')
export class HealthController {
  constructor(private readonly probes: HealthProbes) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the process runs', security: [] })
  @ApiResponse({ status: 200, description: 'It does', standardSchema: live })
  live(): z.infer<typeof live> {
    return { status: 'up' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether every dependency answers', security: [] })
  @ApiResponse({ status: 200, description: 'All do', standardSchema: readiness })
  @ApiResponse({ status: 503, description: 'At least one does not', standardSchema: readiness })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<z.infer<typeof readiness>> {
    const dependencies = await this.probes.check();
    const up = Object.values(dependencies).every(({ status }) => status === 'up');
    void reply.status(up ? 200 : 503);
    return { status: up ? 'up' : 'down', dependencies };
  }
}
