import { z } from 'zod';
import { SECTIONS, type TemplateData } from './template-data.js';

/** What a preview may show instead of the example, member by member. */
export const dataOverrides = z
  .strictObject({
    event: z.strictObject(SECTIONS.event).partial(),
    booking: z.strictObject(SECTIONS.booking).partial(),
    user: SECTIONS.user,
    message: SECTIONS.message,
    reader: z.strictObject(SECTIONS.reader).partial(),
    links: z.strictObject(SECTIONS.links).partial(),
  })
  .partial();
export type DataOverrides = z.infer<typeof dataOverrides>;

/** The example with some of it replaced; sections that templates of its type do not know are left out. */
export function withOverrides(example: TemplateData, overrides: DataOverrides = {}): TemplateData {
  const sections = Object.entries(example).map(([name, value]: [string, unknown]) => {
    const other: unknown = overrides[name as keyof DataOverrides] ?? value;
    return [name, typeof value === 'object' ? { ...value, ...(other as object) } : other];
  });
  return Object.fromEntries(sections) as TemplateData;
}
