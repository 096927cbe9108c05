import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { answer, type Answer, Endpoint, IfMatch, Precondition } from '#http';
import { DevicesService } from '../devices/devices.service.js';
import type { Preferences } from './preference.js';
import { preferencesAnswer, preferencesBody, presentPreferences } from './preferences.dto.js';
import { PreferencesService } from './preferences.service.js';

type PreferencesAnswer = z.infer<typeof preferencesAnswer>;

@ApiTags('Preferences')
@Controller('v1/preferences')
export class PreferencesController {
  constructor(
    private readonly preferences: PreferencesService,
    private readonly devices: DevicesService,
  ) {}

  @Get()
  @Endpoint({
    summary: 'How the caller wants to be told of things',
    description:
      'By default everything comes live; bookings, cancellations and reminders also by e-mail, and by push as soon as ' +
      'the caller has a device. `types` is what the caller has chosen otherwise, `effective` what holds.',
    answers: preferencesAnswer,
  })
  async get(@CurrentPrincipal() principal: Principal): Promise<Answer<PreferencesAnswer>> {
    return this.present(await this.preferences.read(principal.id));
  }

  @Put()
  @Endpoint({
    summary: 'Say how to be told of things',
    description:
      'Replaces all of it: what is left out goes back to the defaults. What is turned off for `socket` does not come ' +
      'live any more, over Server-Sent Events neither; it stays in history, and counts as unread. Quiet hours go for ' +
      'e-mail and push alone: an open page disturbs nobody’s sleep. They follow the clocks of their time zone.',
    answers: preferencesAnswer,
    errors: ['precondition-failed'],
  })
  async put(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: preferencesBody }) settings: z.infer<typeof preferencesBody>,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<PreferencesAnswer>> {
    return this.present(await this.preferences.replace(principal.id, settings, precondition));
  }

  private async present(preferences: Preferences): Promise<Answer<PreferencesAnswer>> {
    const hasDevice = await this.devices.hasAny(preferences.id);
    const body = presentPreferences(preferences, hasDevice);
    return answer(body, { version: preferences.version, revision: hasDevice ? 'device' : 'none' });
  }
}
