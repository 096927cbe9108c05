import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { NotificationType } from '#contracts';
import { UsherError } from '#kernel';
import { toMailHtml } from './rendering/mail-html.js';
import { ReadyTemplate } from './rendering/ready-template.js';
import { fallbacks, keyId, type TemplateChannel } from './template.js';
import { TemplatesRepository } from './templates.repository.js';
import type { TemplateDocument } from './templates.schema.js';

/** Compiled, each of them some hundred kilobytes at most. */
const MAX_COMPILED = 300;

/** Templates that messages can be made from, for the channels that send them. */
@Injectable()
export class ReadyTemplates {
  /** By id: a version never changes, so that nothing in here can be out of date. */
  private readonly compiled = new LRUCache<string, ReadyTemplate<TemplateChannel>>({
    max: MAX_COMPILED,
    fetchMethod: (id) => this.compile(id),
  });

  constructor(private readonly templates: TemplatesRepository) {}

  /** The newest version of the template for a reader of `locale`; throws a retryable `unavailable` without a database. */
  async forReader<C extends TemplateChannel>(
    type: NotificationType,
    channel: C,
    locale: string,
  ): Promise<ReadyTemplate<C>> {
    const id = await this.templates.newestIdOf(fallbacks(locale).map((tag) => keyId({ type, channel, locale: tag })));
    if (id === undefined) throw new UsherError('not-found', `There is no template for ${type} by ${channel}.`);
    return this.version<C>(id);
  }

  /** The version of that id, as a delivery remembers it; throws `not-found`. */
  async version<C extends TemplateChannel>(id: string): Promise<ReadyTemplate<C>> {
    const ready = await this.compiled.fetch(id);
    if (ready === undefined) throw new UsherError('not-found', 'There is no such version of a template.');
    return ready as ReadyTemplate<C>;
  }

  private async compile(id: string): Promise<ReadyTemplate<TemplateChannel> | undefined> {
    const template = await this.templates.find(id);
    return template === undefined ? undefined : new ReadyTemplate(template, await this.htmlOf(template));
  }

  /** From the first use on it stays the same, whatever becomes of MJML and of the layout. */
  private async htmlOf({ _id, content, locale, html }: TemplateDocument): Promise<string | null> {
    if (html !== null || !('mjml' in content)) return html;
    return this.templates.keepHtml(_id, await toMailHtml(content.mjml, locale));
  }
}
