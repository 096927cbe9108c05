import { Schema } from 'mongoose';
import { type TemplateChannel, TEMPLATE_CHANNELS, type TemplateVersion } from './template.js';

/** A version of a template as it is stored. Once it is there, nothing of it changes, but that `html` is filled in once. */
export interface TemplateDocument<C extends TemplateChannel = TemplateChannel> extends TemplateVersion<C> {
  /** Key and version, such that versions sort by number. */
  _id: string;
  /** Type, channel and locale, which are what versions are versions of. */
  key: string;
  /** What MJML has made of an e-mail: null until somebody needs it, and for other channels. */
  html: string | null;
  /** The digest of what came with Usher; null for what somebody has written. */
  seed: string | null;
}

export const TEMPLATE = 'Template';

export const templateSchema = new Schema<TemplateDocument>(
  {
    _id: { type: String, required: true },
    key: { type: String, required: true },
    type: { type: String, required: true },
    channel: { type: String, enum: TEMPLATE_CHANNELS, required: true },
    locale: { type: String, required: true },
    version: { type: Number, required: true },
    content: { type: Schema.Types.Mixed, required: true },
    needs: { type: [String], required: true },
    html: { type: String, default: null },
    seed: { type: String, default: null },
    saved_by: { type: String, default: null },
    created_at: { type: Date, required: true },
  },
  { collection: 'templates', versionKey: false },
);

templateSchema.index({ key: 1, version: -1 });
