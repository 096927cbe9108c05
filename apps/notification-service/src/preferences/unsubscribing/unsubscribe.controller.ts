import { Body, Controller, Get, Headers, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { answer, type Answer, Endpoint, type EndpointOptions } from '#http';
import { PreferencesService } from '../preferences.service.js';
import { requireOneClick, TakesOneClick } from './one-click.js';
import { askingPage, donePage, PAGE_HEADERS } from './unsubscribe-page.js';
import { UnsubscribeLinking } from './unsubscribe-links.js';

const unsubscribeQuery = z.strictObject({ token: z.string().max(256).describe('As it stands in the e-mail') });
type UnsubscribeQuery = z.infer<typeof unsubscribeQuery>;

const PAGE = {
  access: 'anonymous',
  answersText: 'text/html',
  answerDescription: 'A page, in a language that the browser asks for',
  notKept: true,
} as const satisfies Partial<EndpointOptions>;

/** What the links in e-mails lead to. */
@ApiTags('Preferences')
@Controller('v1/preferences/unsubscribe')
export class UnsubscribeController {
  constructor(
    private readonly links: UnsubscribeLinking,
    private readonly preferences: PreferencesService,
  ) {}

  @Get()
  @Endpoint({
    ...PAGE,
    summary: 'Ask whether to send no more e-mails of a kind',
    description: 'Changes nothing: scanners and previews of e-mails follow links. The page has a button, which does.',
  })
  ask(
    @Query({ schema: unsubscribeQuery }) { token }: UnsubscribeQuery,
    @Headers('accept-language') languages: string | undefined,
  ): Answer<string> {
    this.links.read(token);
    return answer(askingPage(languages), { headers: PAGE_HEADERS });
  }

  @Post()
  @Endpoint({
    ...PAGE,
    summary: 'Send no more e-mails of a kind (RFC 8058)',
    description:
      'What `List-Unsubscribe` in an e-mail names. Needs no login: the link says whose e-mails of which type are meant, ' +
      'also for those who have booked without an account. Idempotent.',
    status: 200,
  })
  @TakesOneClick()
  async unsubscribe(
    @Query({ schema: unsubscribeQuery }) { token }: UnsubscribeQuery,
    @Body() body: unknown,
    @Headers('content-type') mediaType = '',
    @Headers('accept-language') languages: string | undefined,
  ): Promise<Answer<string>> {
    const { id, type } = this.links.read(token);
    await requireOneClick(body, mediaType);
    await this.preferences.unsubscribe(id, type);
    return answer(donePage(languages), { headers: PAGE_HEADERS });
  }
}
