import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Metrics } from './metrics.js';

@ApiTags('Operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Metrics in the Prometheus text format', security: [] })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'The current values', schema: { type: 'string' } })
  async read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
