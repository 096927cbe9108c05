import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { ErrorCode } from '#kernel';
import { ACCESS_EXTENSION } from '../endpoint.js';
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
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, BEARER);
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
      if (operation !== undefined) finish(operation);
    }
  return document;
}

/** What is the same for every operation of a kind: who may call, and the problems that any such request can meet. */
function finish(operation: Operation): void {
  const extensions = operation as unknown as Record<string, string | undefined>;
  const access = extensions[ACCESS_EXTENSION];
  Reflect.deleteProperty(extensions, ACCESS_EXTENSION);
  if (access === undefined) return;
  if (access === 'anonymous') operation.security = [];
  else operation.security = access === 'anyone' ? [{}, { [BEARER]: [] }] : [{ [BEARER]: [] }];
  const responses = operation.responses as Record<string, { description: string; content?: unknown } | undefined>;
  for (const [status, codes] of Map.groupBy(usualProblems(operation, access), (code) => PROBLEMS[code].status))
    responses[status] ??= { description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; ') };
  for (const [status, response] of Object.entries(responses))
    if (response !== undefined && Number(status) >= 400)
      response.content = { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
}

function usualProblems(operation: Operation, access: string): ErrorCode[] {
  const hasBody = operation.requestBody !== undefined;
  const hasInput = hasBody || (operation.parameters?.length ?? 0) > 0;
  return [
    ...(hasInput ? (['validation-failed', 'malformed-request'] as const) : []),
    ...(access === 'anonymous'
      ? []
      : access === 'anyone'
        ? (['invalid-token'] as const)
        : (['unauthenticated', 'invalid-token'] as const)),
    ...(access === 'admin' ? (['forbidden'] as const) : []),
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
