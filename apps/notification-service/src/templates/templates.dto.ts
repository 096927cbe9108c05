import { z } from 'zod';
import { isTimezone, notificationTypeSchema, timestampSchema } from '#contracts';
import { filledText, pageQuery } from '#http';
import { dataOverrides } from './data/overrides.js';
import { canonicalLocale, TEMPLATE_CHANNELS, type TemplateVersion } from './template.js';
import type { TemplateEntry } from './templates.service.js';

const MAX_VERSION = 999_999;
const LOCALE = /^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?$/;

const localeSchema = z
  .string()
  .regex(LOCALE, 'must be a language, with a script or a region at most, such as pt-BR')
  .transform((tag) => canonicalLocale(tag) ?? tag);

export const typeParameter = notificationTypeSchema;
export const channelParameter = z.enum(TEMPLATE_CHANNELS);
export const localeParameter = localeSchema.meta({ openapi: { type: 'string', pattern: LOCALE.source } });
export const versionParameter = z
  .string()
  .regex(/^[1-9]\d{0,5}$/)
  .transform(Number)
  .meta({ openapi: { type: 'integer', minimum: 1, maximum: MAX_VERSION } });

export const templatesQuery = z.strictObject({
  ...pageQuery,
  type: notificationTypeSchema.optional().describe('Only of this type'),
  channel: channelParameter.optional().describe('Only of this channel'),
  locale: localeSchema
    .optional()
    .describe('Only in this locale')
    .meta({ openapi: { type: 'string' } }),
});

const email = {
  subject: filledText(1_000).describe('Handlebars; one line'),
  mjml: filledText(50_000).describe('What stands in the column of the layout: MJML with Handlebars'),
  text: filledText(20_000).describe('The same for those who read no HTML: Handlebars'),
};
const push = {
  title: filledText(1_000).describe('Handlebars; one line'),
  body: filledText(4_000).describe('Handlebars'),
};

const EMAIL_EXAMPLE = {
  subject: 'Canceled: {{event.title}}',
  mjml: [
    '<mj-text mj-class="headline">We are sorry</mj-text>',
    '<mj-text>“{{event.title}}” on {{date event.start_time}} will not take place.</mj-text>',
    '<mj-text mj-class="small"><a href="{{links.unsubscribe}}">Unsubscribe</a></mj-text>',
  ].join('\n'),
  text: '“{{event.title}}” on {{date event.start_time}} will not take place.\n\nUnsubscribe: {{links.unsubscribe}}',
};
const PUSH_EXAMPLE = { title: 'Canceled', body: '“{{event.title}}” will not take place.' };

export const emailContent = z.strictObject(email).meta({ id: 'EmailTemplateContent', examples: [EMAIL_EXAMPLE] });
export const pushContent = z.strictObject(push).meta({ id: 'PushTemplateContent', examples: [PUSH_EXAMPLE] });

const previewOf = <Content extends z.ZodType>(content: Content) =>
  z.strictObject({
    template: content.optional().describe('What is not saved yet; without it, what is'),
    data: dataOverrides.optional().describe('What to show instead of the example'),
    locale: localeSchema
      .optional()
      .describe('The reader’s; that of the path where it is left out')
      .meta({ openapi: { type: 'string' } }),
    timezone: z
      .string()
      .refine(isTimezone, 'must be an IANA time zone, such as Europe/Berlin')
      .default('UTC')
      .describe('The reader’s'),
  });

export const emailPreview = previewOf(emailContent).meta({
  id: 'EmailPreview',
  examples: [{ data: { event: { title: 'Tea & engines' } }, timezone: 'Europe/Lisbon' }],
});
export const pushPreview = previewOf(pushContent).meta({
  id: 'PushPreview',
  examples: [{ template: PUSH_EXAMPLE, timezone: 'Europe/Lisbon' }],
});

export const emailMessage = z.object({ subject: z.string(), html: z.string(), text: z.string() });
export const pushMessage = z.object({ title: z.string(), body: z.string() });

/** A template in a list: what it is, without what it says. */
export const templateEntry = z
  .object({
    type: notificationTypeSchema,
    channel: channelParameter,
    locale: z.string(),
    version: z.int(),
    needs: z.array(z.string()).describe('What it shows that no notification carries by itself'),
    saved_by: z.string().nullable().describe('Null for what came with Usher'),
    created_at: timestampSchema,
  })
  .meta({ id: 'TemplateEntry' });

export const emailTemplate = templateEntry
  .extend({ ...email, channel: z.literal('email') })
  .meta({ id: 'EmailTemplate' });
export const pushTemplate = templateEntry.extend({ ...push, channel: z.literal('push') }).meta({ id: 'PushTemplate' });
export const templateResource = z.discriminatedUnion('channel', [emailTemplate, pushTemplate]);

export const presentEntry = (template: TemplateEntry): z.infer<typeof templateEntry> => ({
  type: template.type,
  channel: template.channel,
  locale: template.locale,
  version: template.version,
  needs: [...template.needs],
  saved_by: template.saved_by,
  created_at: template.created_at.toISOString(),
});

export const presentTemplate = (template: TemplateVersion): z.infer<typeof templateResource> =>
  ({ ...presentEntry(template), ...template.content }) as z.infer<typeof templateResource>;
