import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Endpoint, HTTP_SETTINGS, type HttpSettings } from '#http';
import { buildAsyncApi } from './asyncapi.js';
import type { AsyncApiDocument } from './document.js';
import { renderPage } from './page/page.js';

/** What this service says and hears besides HTTP, for machines and for people. */
@ApiTags('Operations')
@Controller()
export class AsyncApiController {
  private readonly document: AsyncApiDocument;
  private readonly page: string;

  constructor(@Inject(HTTP_SETTINGS) { publicUrl }: HttpSettings) {
    this.document = buildAsyncApi(publicUrl);
    this.page = renderPage(this.document);
  }

  @Get('asyncapi.json')
  @ApiOkResponse({ schema: { type: 'object' } })
  @Endpoint({
    summary: 'The AsyncAPI 3.0 document',
    access: 'anonymous',
    status: 200,
    answerDescription: 'The document',
  })
  readDocument(): AsyncApiDocument {
    return this.document;
  }

  @Get('asyncapi')
  @Endpoint({
    summary: 'The AsyncAPI document as a page',
    access: 'anonymous',
    answersText: 'text/html',
    answerDescription: 'The page',
  })
  readPage(): string {
    return this.page;
  }
}
