import type { z } from 'zod';

/** Makes data of one version out of data of the version before. Pure; what it makes is checked by the newest schema. */
export type Upcaster = (data: unknown) => unknown;

/** A type's data through time. */
export interface VersionHistory {
  /** Of each version, oldest first. */
  schemas: readonly z.ZodType[];
  /** From each version to the next: one less than there are versions. */
  upcasters: readonly Upcaster[];
}

/**
 * Data that were stored as `version`, in the form of the newest one. Throws a ZodError where they do not fit what they
 * should be, and a RangeError for a version that is not known here.
 */
export function readAsNewest({ schemas, upcasters }: VersionHistory, version: number, data: unknown): unknown {
  const [written, newest] = [schemas[version - 1], schemas.at(-1)];
  if (written === undefined || newest === undefined) throw new RangeError(`Version ${version} is not known here.`);
  if (written === newest) return newest.parse(data);
  const upcast = upcasters.slice(version - 1).reduce<unknown>((older, step) => step(older), written.parse(data));
  return newest.parse(upcast);
}

/** The version that a `dataschema` ends in; the first where there is none, as only old messages can lack it. */
export function versionIn(dataschema: string | undefined): number {
  const [, version] = /\/versions\/([1-9]\d*)$/.exec(dataschema ?? '') ?? [];
  return version === undefined ? 1 : Number(version);
}
