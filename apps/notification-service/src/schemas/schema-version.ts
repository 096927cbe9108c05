import type { Compatibility } from './compatibility/compatibility.js';

/** A version of the schema of a type's data, whether Usher's own or registered. */
export interface SchemaVersion {
  /** Sorts by type, then by version. */
  _id: string;
  type: string;
  version: number;
  compatibility: Compatibility | null;
  dataschema: string;
  schema: unknown;
  created_at: Date | null;
}

const DIGITS = 6;

export const schemaId = (type: string, version: number): string => `${type}/${String(version).padStart(DIGITS, '0')}`;

/** Where a version is served. */
export const dataschemaFor = (type: string, version: number): string => `/v1/schemas/${type}/versions/${version}`;

/** The version of that type's schema that `dataschema` names, relative to Usher or below `publicUrl`; undefined where it names something else. */
export function versionNamed(dataschema: string, type: string, publicUrl: string): number | undefined {
  const path = dataschema.startsWith(`${publicUrl}/`) ? dataschema.slice(publicUrl.length) : dataschema;
  const prefix = dataschemaFor(type, 0).slice(0, -1);
  const version = path.startsWith(prefix) ? path.slice(prefix.length) : '';
  return /^[1-9]\d{0,5}$/.test(version) ? Number(version) : undefined;
}
