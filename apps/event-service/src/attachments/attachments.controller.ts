import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal } from '#auth';
import type { EventResource } from '#contracts';
import { answer, type Answer, Endpoint, Id, IfMatch, Precondition } from '#http';
import { toResource } from '../events/event-resource.js';
import { eventAnswer } from '../events/events.dto.js';
import { AttachmentsService } from './attachments.service.js';
import { answerDownload } from './download/answer-download.js';
import { ATTACHMENT_STORE, type AttachmentStore } from './store/attachment-store.js';
import { TakesFile } from './upload/multipart-routes.js';
import { Uploads } from './upload/uploads.js';

const FILE = { type: 'string', format: 'binary' };

@ApiTags('Events')
@Controller('v1')
export class AttachmentsController {
  constructor(
    private readonly attachments: AttachmentsService,
    private readonly uploads: Uploads,
    @Inject(ATTACHMENT_STORE) private readonly store: AttachmentStore,
  ) {}

  @Post('events/:id/attachment')
  @TakesFile()
  @Endpoint({
    summary: 'Attach a file to an event',
    description:
      'One file of at most 10 MiB, which replaces what `attachment_url` pointed to. Its type is taken from its content: images, PDF, office documents, calendars, ZIP, MP3 and MP4 are accepted.',
    answers: eventAnswer,
    errors: ['forbidden', 'not-found', 'event-not-scheduled', 'precondition-failed'],
    // What to compare a repetition with would be the file. Repeating is harmless: the newest file stays.
    notKept: true,
  })
  async attach(
    @Id() id: string,
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<EventResource>> {
    const change = { principal, precondition };
    await this.attachments.requireAttachable(id, change);
    const event = await this.uploads.take(request.raw, (file) => this.attachments.attach(id, file, change));
    return answer(toResource(event), { version: event.version, revision: event.seats_version });
  }

  @Get('attachments/:id')
  @ApiResponse({ status: 200, content: { 'application/octet-stream': { schema: FILE } } })
  @ApiResponse({ status: 302, description: 'The file is elsewhere, at an address that is good for a few minutes' })
  @Endpoint({
    summary: 'Download an attachment',
    description: 'Where `attachment_url` of an event leads to. The file is to be saved, not to be shown.',
    access: 'anyone',
    status: 200,
    answerDescription: 'The file',
    errors: ['not-found', 'precondition-failed'],
  })
  async download(@Id() id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const attachment = await this.attachments.getAttachment(id);
    const place = await this.store.locate(id, request.method);
    await answerDownload(attachment, place, { request, reply });
  }
}
