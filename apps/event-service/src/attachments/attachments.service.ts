import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { requireManage } from '#auth';
import { HTTP_SETTINGS, type HttpSettings } from '#http';
import { type Clock, UsherError } from '#kernel';
import { type Logger, LOGGER } from '#observability';
import { CLOCK } from '../config.js';
import { type EventState, updateEvent } from '../events/event.js';
import { type ChangeRequest, EventsService } from '../events/events.service.js';
import { type Attachment, isLinked, pathOf } from './attachment.js';
import { AttachmentsRepository } from './attachments.repository.js';
import { ATTACHMENT_STORE, type AttachmentStore } from './store/attachment-store.js';
import type { UploadedFile } from './upload/uploads.js';

/** After this an upload that no event points to has failed: storing takes a minute at most, changing the event two. */
const PENDING_MS = 5 * 60_000;
/** How often it is seen to that an event still points to its attachment; between that, whoever replaces one says so. */
export const RECHECK_MS = 60 * 60_000;

/** An attachment is there as long as its event points to it: that link is the truth, and files follow it. */
@Injectable()
export class AttachmentsService {
  constructor(
    private readonly events: EventsService,
    private readonly attachments: AttachmentsRepository,
    @Inject(ATTACHMENT_STORE) private readonly store: AttachmentStore,
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Throws what `attach` would throw, before a file is sent for nothing. */
  async requireAttachable(eventId: string, { principal, precondition }: ChangeRequest): Promise<void> {
    const event = await this.events.getEvent(eventId);
    requireManage(principal, event.created_by.id);
    precondition.require(event.version);
    updateEvent(event, { ...event, attachment_url: this.urlOf(newAttachmentId()) }, this.clock.now());
  }

  /** Stores the file and has the event point to it. Where either fails, the file is left to the sweeper. */
  async attach(eventId: string, file: UploadedFile, request: ChangeRequest): Promise<EventState> {
    const now = this.clock.now();
    const { name, type, size } = file;
    const attachment = { id: newAttachmentId(), event_id: eventId, name, type, size, created_at: now };
    await this.attachments.announce(attachment, new Date(now.getTime() + PENDING_MS));
    await this.store.put(attachment, file);
    const event = await this.events.patchEvent(eventId, { attachment_url: this.urlOf(attachment.id) }, request);
    await this.attachments.succeed(attachment, now, new Date(now.getTime() + RECHECK_MS));
    this.logger.info({ attachment_id: attachment.id, event_id: eventId, type, size }, 'attachment.stored');
    return event;
  }

  /** Throws `not-found` where no event points to it (any more). */
  async getAttachment(id: string): Promise<Attachment> {
    const attachment = await this.attachments.find(id);
    if (attachment === undefined || !(await this.isLinked(attachment))) throw notFound();
    return attachment;
  }

  /** Removes an attachment that its event does not point to; says whether it did. Can be repeated at any point. */
  async removeUnlinked(attachment: Attachment): Promise<boolean> {
    if (await this.isLinked(attachment)) return false;
    await this.store.remove(attachment.id);
    await this.attachments.remove(attachment.id);
    this.logger.info({ attachment_id: attachment.id, event_id: attachment.event_id }, 'attachment.removed');
    return true;
  }

  private async isLinked({ id, event_id }: Attachment): Promise<boolean> {
    try {
      return isLinked(id, await this.events.getEvent(event_id));
    } catch (error) {
      if (error instanceof UsherError && error.code === 'not-found') return false;
      throw error;
    }
  }

  private urlOf(id: string): string {
    return `${this.settings.publicUrl}${pathOf(id)}`;
  }
}

/** 24 hexadecimal digits like every id, but nothing that could be guessed from another one. */
const newAttachmentId = (): string => randomBytes(12).toString('hex');

const notFound = (): UsherError => new UsherError('not-found', 'There is no such attachment.');
