import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  pattern: RegExp;
  methods: readonly string[];
}

const routes = new WeakMap<object, KnownRoute[]>();

/** Takes note of every route that is added from now on, so that `allowedMethods` can tell 405 from 404. */
export function watchRoutes(instance: FastifyInstance): void {
  const known: KnownRoute[] = [];
  routes.set(instance.server, known);
  instance.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    known.push({ pattern: toRegExp(url), methods: [method].flat() });
  });
}

/** The methods of the routes that match a URL's path; empty where none does. */
export function allowedMethods(instance: FastifyInstance, url: string): string[] {
  const path = (url.split('?', 1)[0] ?? '/').replace(/(?<=.)\/$/, '');
  const matching = (routes.get(instance.server) ?? []).filter(({ pattern }) => pattern.test(path));
  return [...new Set(matching.flatMap(({ methods }) => methods))].sort();
}

/** `/v1/events/:id.ics` → `^/v1/events/[^/]+\.ics$`. */
function toRegExp(url: string): RegExp {
  const source = url
    .replace(/(?<=.)\/$/, '')
    .split(/(:[A-Za-z_]\w*(?:\([^)]*\))?)/)
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`);
}
