import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '#auth';
import { type Keyset, keysetQuery, type Page, type PageRequest, type Precondition } from '#http';
import { type Clock, UsherError } from '#kernel';
import { CLOCK } from '../config.js';
import { exampleData } from './data/example-data.js';
import { type DataOverrides, withOverrides } from './data/overrides.js';
import { ReadyTemplates } from './ready-templates.js';
import { type Reader, ReadyTemplate } from './rendering/ready-template.js';
import { requirementsOf } from './requirements.js';
import {
  fallbacks,
  keyId,
  type Messages,
  type TemplateChannel,
  type TemplateContents,
  type TemplateKey,
  type TemplateMatch,
  type TemplateVersion,
  versionId,
} from './template.js';
import { TemplatesRepository } from './templates.repository.js';
import { checkTemplate } from './writing/check-template.js';

const BY_KEY: Keyset = { field: 'key', direction: 1, type: 'string', unique: true };
const MAX_ATTEMPTS = 5;

export type TemplateEntry = Omit<TemplateVersion, 'content'>;

export interface PreviewRequest<C extends TemplateChannel> {
  /** What is not saved yet; without it, what is. */
  content: TemplateContents[C] | undefined;
  data: DataOverrides | undefined;
  reader: Reader;
}

/** Templates as admins see and write them. */
@Injectable()
export class TemplatesService {
  constructor(
    private readonly templates: TemplatesRepository,
    private readonly ready: ReadyTemplates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The newest version of each template that has all of `match`. */
  async list(match: TemplateMatch, request: PageRequest): Promise<Page<TemplateEntry>> {
    const page = keysetQuery<TemplateEntry>(BY_KEY, request);
    return page.toPage(await this.templates.list(match, page));
  }

  /** What a reader of that locale gets, which may be in another; throws `not-found`. */
  async get(key: TemplateKey): Promise<TemplateVersion> {
    const id = await this.templates.newestIdOf(fallbacks(key.locale).map((locale) => keyId({ ...key, locale })));
    return this.find(id ?? '');
  }

  /** Throws `not-found`. */
  async getVersion(key: TemplateKey, version: number): Promise<TemplateVersion> {
    return this.find(versionId(key, version));
  }

  /**
   * Adds the next version, from now on for every message on every instance; what is the newest already is left as it is.
   * Throws `template-invalid`, and `precondition-failed` where the newest version is not the expected one.
   */
  async save<C extends TemplateChannel>(
    key: TemplateKey<C>,
    content: TemplateContents[C],
    { principal, precondition }: { principal: Principal; precondition: Precondition },
  ): Promise<TemplateVersion> {
    const html = await checkTemplate(key, content);
    const needs = requirementsOf(key.type, key.channel, content);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const newest = await this.templates.newest(keyId(key));
      precondition.require(newest?.version);
      if (newest !== undefined && isDeepStrictEqual(newest.content, content)) return newest;
      const version = (newest?.version ?? 0) + 1;
      const template = { ...key, version, content, needs, saved_by: principal.username, created_at: this.clock.now() };
      const row = { ...template, _id: versionId(key, version), key: keyId(key), html, seed: null };
      if (await this.templates.add(row)) return template;
    }
    throw new UsherError('conflict', 'Others are writing this template.', { retryable: true, retryAfter: 1 });
  }

  /** The message that somebody would get; throws `template-invalid` for what is not saved and could not be. */
  async preview<C extends TemplateChannel>(
    key: TemplateKey<C>,
    { content, data, reader }: PreviewRequest<C>,
  ): Promise<Messages[C]> {
    const template =
      content === undefined
        ? await this.ready.forReader(key.type, key.channel, key.locale)
        : await this.unsaved(key, content);
    return template.render(withOverrides(exampleData(key.type, key.channel), data), reader);
  }

  private async unsaved<C extends TemplateChannel>(
    key: TemplateKey<C>,
    content: TemplateContents[C],
  ): Promise<ReadyTemplate<C>> {
    const html = await checkTemplate(key, content);
    const needs = requirementsOf(key.type, key.channel, content);
    return new ReadyTemplate(
      { ...key, version: 0, content, needs, saved_by: null, created_at: this.clock.now() },
      html,
    );
  }

  private async find(id: string): Promise<TemplateVersion> {
    const template = await this.templates.find(id);
    if (template === undefined) throw new UsherError('not-found', 'There is no such template.');
    return template;
  }
}
