/** Folders of a layer, as a pattern on resolved paths. */
const lib = (...names) => `^libs/(?:${names.join('|')})/src/`;

/** What only tests may use, and where tests are. */
const TESTS = '(?:\\.spec\\.ts$|^libs/testing/|/test/|/testing/|^bench/)';

/** Pure decisions: no framework, no I/O. A feature's model is named after one of the thing (`events/event.ts`). */
const PURE = [
  '^apps/event-service/src/users/user\\.ts$',
  '^apps/event-service/src/events/event\\.ts$',
  '^apps/event-service/src/bookings/booking\\.ts$',
  '^apps/event-service/src/attendees/attendee\\.ts$',
  '^apps/event-service/src/attachments/attachment\\.ts$',
  '^apps/event-service/src/clients/client\\.ts$',
  '^apps/event-service/src/reminders/reminder\\.ts$',
  '^apps/event-service/src/partner/partner\\.ts$',
  '^apps/notification-service/src/intake/(?:happening|recipients|standings|telling)\\.ts$',
  '^apps/notification-service/src/subscriptions/(?:subscription|protocol|matching/(?:filter|interest|index-keys|test-event))\\.ts$',
  '^apps/notification-service/src/delivery/(?:delivery|attempts/breaker)\\.ts$',
  '^apps/notification-service/src/replays/replay\\.ts$',
  '^apps/notification-service/src/outreach/(?:outreach|guests/guest)\\.ts$',
  '^apps/notification-service/src/enrichment/enrichment\\.ts$',
  '^apps/notification-service/src/templates/(?:template|requirements|rendering/plain-value)\\.ts$',
  '^apps/notification-service/src/preferences/preference\\.ts$',
  '^apps/notification-service/src/workflows/(?:workflow|runs/run)\\.ts$',
  '/retry-policy\\.ts$',
];

/** Lower layers may not know higher ones; each line says what a lib must not import. */
const LAYERS = [
  ['kernel', ['contracts', 'observability', 'persistence', 'auth', 'http', 'messaging', 'testing']],
  ['contracts', ['observability', 'persistence', 'auth', 'http', 'messaging', 'testing']],
  ['observability', ['persistence', 'auth', 'http', 'messaging']],
  ['persistence', ['auth', 'http', 'messaging']],
  ['auth', ['http', 'messaging']],
  ['http', ['messaging']],
];

const FEATURE = '^apps/([^/]+)/src/([^/]+)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Whatever is in a cycle can only be understood, tested and moved together.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...LAYERS.map(([from, above]) => ({
      name: `${from}-is-below-${above[0]}`,
      comment: 'kernel ◀ contracts ◀ observability ◀ persistence ◀ auth ◀ http ◀ messaging ◀ apps',
      severity: 'error',
      from: { path: lib(from), pathNot: TESTS },
      to: { path: [lib(...above), '^apps/', '^tools/'] },
    })),
    {
      name: 'messaging-is-below-apps',
      severity: 'error',
      from: { path: lib('messaging'), pathNot: TESTS },
      to: { path: ['^apps/', '^tools/'] },
    },
    {
      name: 'contracts-run-anywhere',
      comment: 'The console uses them in a browser: no Nest, no Mongoose, nothing of Node.',
      severity: 'error',
      from: { path: lib('contracts', 'kernel'), pathNot: TESTS },
      to: { path: ['node_modules/(?:@nestjs|mongoose|fastify)/', '^node:'], dependencyTypes: ['npm', 'core'] },
    },
    {
      name: 'apps-are-apart',
      comment: 'Only messages and HTTP cross between services.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-by-their-index',
      comment: 'What a lib does not export is its own business.',
      severity: 'error',
      from: { path: '^(?:apps|tools|bench)/|^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$1/'] },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { pathNot: TESTS },
      to: {
        path: ['^libs/testing/', '\\.spec\\.ts$', 'node_modules/(?:@jest|supertest|fast-check|socket\\.io-client)/'],
      },
    },
    {
      name: 'pure-stays-pure',
      comment: 'A decision is a function of state, command and clock: it imports kernel and contracts, and its like.',
      severity: 'error',
      from: { path: PURE },
      to: {
        pathNot: [
          lib('kernel', 'contracts'),
          '^apps/[^/]+/src/[^/]+/[a-z-]+\\.ts$',
          '^apps/[^/]+/src/[^/]+/[a-z-]+/[a-z-]+\\.ts$',
        ],
      },
    },
    {
      name: 'features-by-what-they-offer',
      comment:
        'Another feature’s module, services, repositories, answers and model; never its controllers or schemas, except for the types of what is stored.',
      severity: 'error',
      from: { path: FEATURE, pathNot: TESTS },
      to: {
        path: `${FEATURE}.*\\.(?:controller|gateway|schema|interceptor|guard)\\.ts$`,
        pathNot: '^apps/$1/src/$2/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'features-one-way',
      comment: 'bookings → events, and never back.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^apps/[^/]+/src/[^/]+$' },
      to: { circular: true, viaOnly: { path: '^apps/[^/]+/src/[^/]+$' } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^apps/console/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
