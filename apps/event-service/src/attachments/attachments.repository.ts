import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { trustedFilter } from '#persistence';
import type { Attachment } from './attachment.js';
import { ATTACHMENT, type AttachmentDocument } from './attachments.schema.js';

const toAttachment = ({ _id, state: _state, check_at: _checkAt, ...document }: AttachmentDocument): Attachment => ({
  id: _id,
  ...document,
});

/** What is known of every file in the store. */
@Injectable()
export class AttachmentsRepository {
  constructor(@InjectModel(ATTACHMENT) private readonly attachments: Model<AttachmentDocument>) {}

  async find(id: string): Promise<Attachment | undefined> {
    const document = await this.attachments.findById(id).lean<AttachmentDocument>();
    return document === null ? undefined : toAttachment(document);
  }

  /** Announces a file that is about to be stored. */
  async announce({ id, ...attachment }: Attachment, checkAt: Date): Promise<void> {
    await this.attachments.create({ _id: id, ...attachment, state: 'pending', check_at: checkAt });
  }

  /** Notes that its event points to it now. What the event pointed to before is due; what somebody else uploads is not. */
  async succeed({ id, event_id }: Attachment, now: Date, checkAt: Date): Promise<void> {
    await this.attachments.updateOne({ _id: id }, { $set: { state: 'live', check_at: checkAt } });
    await this.attachments.updateMany(trustedFilter({ event_id, state: 'live' as const, _id: { $ne: id } }), {
      $set: { check_at: now },
    });
  }

  /** Takes the one that is due the longest and puts its next check off, so that no other instance takes it too. */
  async takeDue(now: Date, nextCheckAt: Date): Promise<Attachment | undefined> {
    const document = await this.attachments
      .findOneAndUpdate(trustedFilter({ check_at: { $lte: now } }), { $set: { check_at: nextCheckAt } })
      .sort({ check_at: 1 })
      .lean<AttachmentDocument>();
    return document === null ? undefined : toAttachment(document);
  }

  async remove(id: string): Promise<void> {
    await this.attachments.deleteOne({ _id: id });
  }
}
