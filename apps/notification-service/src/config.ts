import type { Clock } from '#kernel';
export const CONFIG = Symbol('CONFIG');
export const CLOCK = Symbol('CLOCK');
export type { Clock };
export interface Config {
  NOTIFICATION_RETENTION_DAYS: number;
}
