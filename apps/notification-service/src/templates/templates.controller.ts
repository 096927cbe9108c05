import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import type { NotificationType } from '#contracts';
import { answer, type Answer, Endpoint, IfMatch, mapPage, type Page, Precondition } from '#http';
import type { DataOverrides } from './data/overrides.js';
import { keyId, type Messages, type TemplateChannel, type TemplateContents, type TemplateVersion } from './template.js';
import {
  channelParameter,
  emailContent,
  emailMessage,
  emailPreview,
  emailTemplate,
  localeParameter,
  presentEntry,
  presentTemplate,
  pushContent,
  pushMessage,
  pushPreview,
  pushTemplate,
  templateEntry,
  templateResource,
  templatesQuery,
  typeParameter,
  versionParameter,
} from './templates.dto.js';
import { type PreviewRequest, TemplatesService } from './templates.service.js';

type TemplateAnswer = Answer<z.infer<typeof templateResource>>;

const SAVING = [
  'From then on messages are made from it; what was there before stays readable. Every placeholder has to be one of the type,',
  'times and numbers are shown by helpers (`date`, `time`, `when`, `zone`, `number`, `plural`), and what stands in an event is',
  'escaped wherever it is inserted. Saving the newest version again leaves it as it is.',
].join('\n');

@ApiTags('Templates')
@Controller('v1/templates')
export class TemplatesController {
  constructor(private readonly templates: TemplatesService) {}

  @Get()
  @Endpoint({
    summary: 'The templates of messages, by type, channel and locale',
    access: 'admin',
    answersPageOf: templateEntry,
  })
  async list(
    @Query({ schema: templatesQuery }) { limit, cursor, ...match }: z.infer<typeof templatesQuery>,
  ): Promise<Page<z.infer<typeof templateEntry>>> {
    return mapPage(await this.templates.list(match, { limit, cursor }), presentEntry);
  }

  @Get(':type/:channel/:locale')
  @Endpoint({
    summary: 'The template that readers of a locale get',
    description: 'Where there is none in that locale, it is that of the language, and else that in English.',
    access: 'admin',
    answers: templateResource,
    errors: ['not-found'],
  })
  async get(
    @Param('type', { schema: typeParameter }) type: NotificationType,
    @Param('channel', { schema: channelParameter }) channel: TemplateChannel,
    @Param('locale', { schema: localeParameter }) locale: string,
  ): Promise<TemplateAnswer> {
    const template = await this.templates.get({ type, channel, locale });
    return present(template, { 'Content-Location': `/v1/templates/${keyId(template)}` });
  }

  @Get(':type/:channel/:locale/versions/:version')
  @Endpoint({
    summary: 'One version of a template',
    access: 'admin',
    answers: templateResource,
    errors: ['not-found'],
  })
  async getVersion(
    @Param('type', { schema: typeParameter }) type: NotificationType,
    @Param('channel', { schema: channelParameter }) channel: TemplateChannel,
    @Param('locale', { schema: localeParameter }) locale: string,
    @Param('version', { schema: versionParameter }) version: number,
  ): Promise<TemplateAnswer> {
    return present(await this.templates.getVersion({ type, channel, locale }, version));
  }

  @Put(':type/email/:locale')
  @Endpoint({
    summary: 'Write the next version of an e-mail',
    description: SAVING,
    access: 'admin',
    answers: emailTemplate,
    errors: ['template-invalid', 'precondition-failed', 'conflict'],
  })
  async saveEmail(
    @Param('type', { schema: typeParameter }) type: NotificationType,
    @Param('locale', { schema: localeParameter }) locale: string,
    @Body({ schema: emailContent }) content: z.infer<typeof emailContent>,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<TemplateAnswer> {
    const key = { type, channel: 'email', locale } as const;
    return present(await this.templates.save(key, content, { principal, precondition }));
  }

  @Put(':type/push/:locale')
  @Endpoint({
    summary: 'Write the next version of a push message',
    description: SAVING,
    access: 'admin',
    answers: pushTemplate,
    errors: ['template-invalid', 'precondition-failed', 'conflict'],
  })
  async savePush(
    @Param('type', { schema: typeParameter }) type: NotificationType,
    @Param('locale', { schema: localeParameter }) locale: string,
    @Body({ schema: pushContent }) content: z.infer<typeof pushContent>,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<TemplateAnswer> {
    const key = { type, channel: 'push', locale } as const;
    return present(await this.templates.save(key, content, { principal, precondition }));
  }

  @Post(':type/email/:locale/preview')
  @Endpoint({
    summary: 'What an e-mail would look like',
    description: 'Of what is saved, or of the template that is sent along; with an example, or parts of it replaced.',
    access: 'admin',
    answers: emailMessage,
    errors: ['template-invalid', 'not-found'],
    notKept: true,
  })
  async previewEmail(
    @Param('type', { schema: typeParameter }) type: NotificationType,
    @Param('locale', { schema: localeParameter }) locale: string,
    @Body({ schema: emailPreview }) preview: z.infer<typeof emailPreview>,
  ): Promise<Messages['email']> {
    const key = { type, channel: 'email', locale } as const;
    return this.templates.preview(key, toRequest(preview, locale));
  }

  @Post(':type/push/:locale/preview')
  @Endpoint({
    summary: 'What a push message would say',
    description: 'Of what is saved, or of the template that is sent along; with an example, or parts of it replaced.',
    access: 'admin',
    answers: pushMessage,
    errors: ['template-invalid', 'not-found'],
    notKept: true,
  })
  async previewPush(
    @Param('type', { schema: typeParameter }) type: NotificationType,
    @Param('locale', { schema: localeParameter }) locale: string,
    @Body({ schema: pushPreview }) preview: z.infer<typeof pushPreview>,
  ): Promise<Messages['push']> {
    const key = { type, channel: 'push', locale } as const;
    return this.templates.preview(key, toRequest(preview, locale));
  }
}

interface PreviewBody<C extends TemplateChannel> {
  template?: TemplateContents[C] | undefined;
  data?: DataOverrides | undefined;
  locale?: string | undefined;
  timezone: string;
}

const toRequest = <C extends TemplateChannel>(body: PreviewBody<C>, locale: string): PreviewRequest<C> => ({
  content: body.template,
  data: body.data,
  reader: { locale: body.locale ?? locale, timeZone: body.timezone },
});

/** The locale is in the entity tag: what is answered for one may be another's. */
const present = (template: TemplateVersion, headers: Readonly<Record<string, string>> = {}): TemplateAnswer =>
  answer(presentTemplate(template), { version: template.version, revision: template.locale, headers });
