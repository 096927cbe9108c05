import type { NotificationType } from '#contracts';
import type { TemplateChannel, TemplateContent } from './template.js';
import { readTemplate } from './writing/placeholders.js';
import { placeholdersOf, type TemplateData } from './data/template-data.js';

/** What the template shows that no notification carries by itself, as sorted paths such as `event.location`. */
export function requirementsOf(type: NotificationType, channel: TemplateChannel, content: TemplateContent): string[] {
  const known = placeholdersOf(type, channel);
  const used = new Set(Object.values(content).flatMap((source: string) => readTemplate(source, known).used));
  return [...used].filter((path) => known.get(path)?.foundOut === true).sort();
}

/** Those of `needs` that the data do not have. What is null is known to be nothing, and not missing. */
export const missingFrom = (needs: readonly string[], data: TemplateData): string[] =>
  needs.filter((path) => valueAt(path, data) === undefined);

function valueAt(path: string, data: object): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      data,
    );
}
