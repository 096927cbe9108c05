import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '#kernel';
import { LOGGER, type Logger } from '#observability';
import { CLOCK } from '../../config.js';
import { requirementsOf } from '../requirements.js';
import { keyId, versionId } from '../template.js';
import { type Planted, TemplatesRepository } from '../templates.repository.js';
import type { TemplateDocument } from '../templates.schema.js';
import { type Seed, SEEDS } from './seeds.js';

/**
 * Brings the templates that come with Usher into the database: where there are none, and, as a new version, where they
 * have changed since and nobody has written others.
 */
@Injectable()
export class TemplateSeeding implements OnApplicationBootstrap {
  constructor(
    private readonly templates: TemplatesRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const planted = new Map((await this.templates.planted()).map((one) => [one._id, one]));
    const fresh = SEEDS.flatMap((seed) => this.next(seed, planted.get(keyId(seed))));
    if (fresh.length === 0) return;
    const added = await this.templates.addAll(fresh);
    this.logger.info({ added, known: planted.size }, 'templates.seeded');
  }

  private next(seed: Seed, planted: Planted | undefined): TemplateDocument[] {
    if (planted !== undefined && !isOutdated(seed, planted)) return [];
    const { digest, ...template } = seed;
    const version = (planted?.version ?? 0) + 1;
    return [
      {
        ...template,
        _id: versionId(seed, version),
        key: keyId(seed),
        version,
        needs: requirementsOf(seed.type, seed.channel, seed.content),
        html: null,
        seed: digest,
        saved_by: null,
        created_at: this.clock.now(),
      },
    ];
  }
}

/** What has been there before is not brought again: an older Usher that starts beside a newer one takes nothing back. */
const isOutdated = ({ digest }: Seed, { saved_by, seeds }: Planted): boolean =>
  saved_by === null && !seeds.includes(digest);
