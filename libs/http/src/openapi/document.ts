import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Access } from '#auth';
import type { Scope } from '#contracts';
import type { ErrorCode } from '#kernel';
import { ACCESS_EXTENSION, KEPT_EXTENSION, SCOPE_EXTENSION, TEXT_EXTENSION } from '../endpoint.js';
import { PROBLEM_CONTENT_TYPE, problemSchema } from '../problems/problem.js';
import { PROBLEMS } from '../problems/problems.js';
import { toOpenApiSchema } from './schema-converter.js';

export interface ApiDescription {
  title: string;
  /** Markdown. */
  description: string;
  version: string;
  /** What each tag of the controllers is about, in the order to show them. */
  tags?: Readonly<Record<string, string>>;
}

const BEARER = 'bearer';
const TOKENS =
  'The access token of a person (`POST /v1/auth/login`) or of a service client (`POST /v1/auth/token`), which needs the scope that is named.';
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** The OpenAPI 3.1 document of everything that `app` serves. */
export function openApiDocument(app: NestFastifyApplication, about: ApiDescription, publicUrl: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(about.title)
    .setDescription(about.description)
    .setVersion(about.version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(publicUrl)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: TOKENS }, BEARER);
  for (const [name, description] of Object.entries(about.tags ?? {})) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`,
    standardSchemaConverter: toOpenApiSchema,
  });
  const problem = toOpenApiSchema(problemSchema, { schemaType: 'output' });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...problem?.components },
  };
  for (const path of Object.values(document.paths))
    for (const method of METHODS) {
      const operation = path[method];
      if (operation !== undefined) finish(method, operation);
    }
  return document;
}

const IDEMPOTENCY_KEY: NonNullable<Operation['parameters']>[number] = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Repeating the request with the same key within 24 hours answers what was answered first',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};
type Responses = Record<string, { description: string; content?: Record<string, unknown> } | undefined>;

interface Extensions {
  [ACCESS_EXTENSION]?: Access;
  [SCOPE_EXTENSION]?: Scope;
  [KEPT_EXTENSION]?: boolean;
  [TEXT_EXTENSION]?: string;
}
const EXTENSIONS = [ACCESS_EXTENSION, SCOPE_EXTENSION, KEPT_EXTENSION, TEXT_EXTENSION] as const;

const KEYED_PROBLEMS = ['idempotency-key-reused', 'idempotency-in-flight'] as const satisfies readonly ErrorCode[];

/** What is the same for every operation of a kind: who may call, and the problems that any such request can meet. */
function finish(method: (typeof METHODS)[number], operation: Operation): void {
  const extensions = operation as unknown as Extensions;
  const {
    [ACCESS_EXTENSION]: access,
    [SCOPE_EXTENSION]: scope,
    [KEPT_EXTENSION]: kept = false,
    [TEXT_EXTENSION]: text,
  } = extensions;
  for (const name of EXTENSIONS) Reflect.deleteProperty(extensions, name);
  if (access === undefined) return;
  describeAccess(operation, access, scope);
  const responses = operation.responses as Responses;
  const keyed = method === 'post' && kept;
  const negotiated = text !== undefined && addText(responses, text);
  const problems = [
    ...usualProblems(operation, access, scope),
    ...(keyed ? KEYED_PROBLEMS : []),
    ...(negotiated ? (['not-acceptable'] as const) : []),
  ];
  if (keyed) operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
  for (const [status, codes] of Map.groupBy(problems, (code) => PROBLEMS[code].status)) {
    const own = responses[status]?.description;
    const others = codes.filter((code) => own?.includes(`\`${code}\``) !== true);
    const description = [
      ...(own === undefined ? [] : [own]),
      ...others.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`),
    ].join('; ');
    responses[status] = { ...responses[status], description };
  }
  for (const [status, response] of Object.entries(responses))
    if (response !== undefined && Number(status) >= 400)
      response.content = { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
}

/** Adds a text to what success answers; whether it is another form of what is answered already. */
function addText(responses: Responses, mediaType: string): boolean {
  const [success] = Object.keys(responses).filter((status) => Number(status) < 300);
  const response = responses[success ?? ''];
  if (response === undefined) return false;
  const negotiated = response.content !== undefined;
  response.content = { ...response.content, [mediaType]: { schema: { type: 'string' } } };
  return negotiated;
}

function describeAccess(operation: Operation, access: Access, scope: Scope | undefined): void {
  if (access === 'anonymous') operation.security = [];
  else if (access === 'anyone') operation.security = [{}, { [BEARER]: [] }];
  else operation.security = [{ [BEARER]: scope === undefined ? [] : [scope] }];
  if (scope === undefined) return;
  const [people, clients] = [access === 'admin' ? 'admins' : 'people', `service clients with the scope \`${scope}\``];
  operation.description = [operation.description, `For ${people}, and ${clients}.`].filter(Boolean).join('\n\n');
}

function usualProblems(operation: Operation, access: Access, scope: Scope | undefined): ErrorCode[] {
  const hasBody = operation.requestBody !== undefined;
  const hasInput = hasBody || (operation.parameters?.length ?? 0) > 0;
  return [
    ...(hasInput ? (['validation-failed', 'malformed-request'] as const) : []),
    ...(access === 'anonymous'
      ? []
      : access === 'anyone'
        ? (['invalid-token'] as const)
        : (['unauthenticated', 'invalid-token'] as const)),
    ...(access === 'admin' || (access === 'signed-in' && scope === undefined) ? (['forbidden'] as const) : []),
    ...(scope === undefined ? [] : (['insufficient-scope'] as const)),
    ...(hasBody ? (['payload-too-large', 'unsupported-media-type'] as const) : []),
    'rate-limited',
    'internal-error',
    'unavailable',
  ];
}

/** Serves the document at `/openapi.json` and as Swagger UI at `/docs`, from files that are here: no network needed. */
export function serveApiDocument(app: NestFastifyApplication, about: ApiDescription, publicUrl: string): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= openApiDocument(app, about, publicUrl)), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: about.title,
    swaggerOptions: { persistAuthorization: true, tagsSorter: undefined },
  });
}
