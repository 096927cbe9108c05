import { z } from 'zod';
import { timestampSchema } from '#contracts';
import { filledText, pageQuery, text } from '#http';
import { partnerId } from './calls/partner-contract.js';
import type { PartnerState } from './partner.service.js';

export const partnerListQuery = z.strictObject(pageQuery);

export const addPartnerEventBody = z
  .strictObject({
    name: filledText(100),
    user_id: partnerId.describe('The partner’s user whose event it is'),
    details: text(1_000).optional(),
  })
  .meta({ examples: [{ name: 'Analytical evening', user_id: '1', details: 'Engines, and tea' }] });

export const partnerUserAnswer = z
  .object({ id: z.string(), name: z.string().nullable(), event_ids: z.array(z.string()) })
  .meta({ id: 'PartnerUser' });

export const partnerEventAnswer = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    user_id: z.string().nullable(),
    details: z.string().nullable(),
  })
  .meta({ id: 'PartnerEvent' });

export const partnerStatusAnswer = z
  .object({
    connected: z.boolean().describe('Whether a partner system is configured'),
    state: z
      .enum(['closed', 'open', 'half_open'])
      .describe('Of the breaker on writes: closed lets them through; half_open is while the partner is probed'),
    failures: z.int().min(0).describe('Writes that failed within the last 30 s; three open the breaker'),
    last_failure: z
      .object({ at: timestampSchema, reason: z.string(), status: z.int().min(100).max(599).nullable() })
      .nullable()
      .describe('The last write or probe that failed, and what the partner answered'),
    next_probe_at: timestampSchema.nullable().describe('When the partner is asked whether it is well again'),
  })
  .meta({ id: 'PartnerStatus' });
export type PartnerStatus = z.infer<typeof partnerStatusAnswer>;

export const toStatusAnswer = ({
  connected,
  state,
  failures,
  lastFailure,
  nextProbeAt,
}: PartnerState): PartnerStatus => ({
  connected,
  state,
  failures,
  last_failure:
    lastFailure === undefined
      ? null
      : {
          at: lastFailure.at.toISOString(),
          reason: lastFailure.failure.message,
          status: lastFailure.failure.status ?? null,
        },
  next_probe_at: nextProbeAt?.toISOString() ?? null,
});
