import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { answer, type Answer, Endpoint, Id, mapPage, type Page, ResourceId } from '#http';
import { MAX_DEVICES } from './device.js';
import { deviceAnswer, deviceBody, devicesQuery, presentDevice } from './devices.dto.js';
import { DevicesService } from './devices.service.js';

type DeviceAnswer = z.infer<typeof deviceAnswer>;

@ApiTags('Devices')
@Controller('v1/devices')
export class DevicesController {
  constructor(private readonly devices: DevicesService) {}

  @Get()
  @Endpoint({ summary: 'The caller’s devices, the one registered last first', answersPageOf: deviceAnswer })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: devicesQuery }) query: z.infer<typeof devicesQuery>,
  ): Promise<Page<DeviceAnswer>> {
    return mapPage(await this.devices.list(principal.id, query), presentDevice);
  }

  @Post()
  @ApiOkResponse({ description: 'It was the caller’s already', standardSchema: deviceAnswer })
  @Endpoint({
    summary: 'Register a device for pushes',
    description:
      'For an app to say at every start: it does no harm to repeat it. A token that somebody else has registered is ' +
      `the caller’s from now on, as when a phone changes hands. Of more than ${MAX_DEVICES} devices, those that were ` +
      'not registered for the longest time are forgotten.',
    status: 201,
    answers: deviceAnswer,
  })
  async register(
    @ResourceId() id: string,
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: deviceBody }) body: z.infer<typeof deviceBody>,
  ): Promise<Answer<DeviceAnswer>> {
    const { device, isNew } = await this.devices.register(id, { user_id: principal.id, ...body });
    return answer(presentDevice(device), { status: isNew ? 201 : 200 });
  }

  @Delete(':id')
  @Endpoint({ summary: 'Forget a device', description: 'Nothing is pushed to it any more.', errors: ['not-found'] })
  async remove(@CurrentPrincipal() principal: Principal, @Id() id: string): Promise<void> {
    await this.devices.remove(id, principal.id);
  }
}
