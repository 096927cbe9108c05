import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '#auth';
import type { Contacts } from '#contracts';
import { answer, type Answer, Endpoint } from '#http';
import { contactsAnswer, lookupBody, type LookupBody } from './contacts.dto.js';
import { ContactsService } from './contacts.service.js';

const NOT_CACHED = { headers: { 'Cache-Control': 'no-store' } };

@ApiTags('Contacts')
@Controller('v1/contacts')
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Post('lookup')
  @Endpoint({
    summary: 'Look up how to reach people',
    description:
      'For services that write to people; no message tells how to reach anybody. Whoever does not exist, or has been erased, is left out.',
    access: 'admin',
    scope: 'contacts:read',
    answers: contactsAnswer,
    notKept: true,
  })
  async lookup(
    @Body({ schema: lookupBody }) body: LookupBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<Contacts>> {
    return answer(await this.contacts.lookUp(body, principal), NOT_CACHED);
  }
}
