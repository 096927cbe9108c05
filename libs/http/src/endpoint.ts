import { applyDecorators, Header, HttpCode, SerializeOptions, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiResponse, type ApiResponseOptions } from '@nestjs/swagger';
import type { z } from 'zod';
import { type Access, ACCESS, REQUIRED_SCOPE } from '#auth';
import type { Scope } from '#contracts';
import type { ErrorCode } from '#kernel';
import { pageSchema } from './pagination/page.js';
import { problemSchema } from './problems/problem.js';
import { PROBLEMS } from './problems/problems.js';

/** Metadata: the body is a `Page`, and gets a `Link` to the next. */
export const PAGED = 'usher:paged';
/** Metadata: answers are not kept for an `Idempotency-Key`. */
export const NOT_KEPT = 'usher:not-kept';
/** Metadata: the attempts at this route are counted one by one (`LOGIN_LIMIT_PER_MINUTE`). */
export const ATTEMPTS = 'usher:attempts';
/** OpenAPI extension by which the document's finishing touches know who may call. */
export const ACCESS_EXTENSION = 'x-usher-access';
/** The same, for the scope that lets service clients call. */
export const SCOPE_EXTENSION = 'x-usher-scope';
/** The same, for whether answers are kept for an `Idempotency-Key`. */
export const KEPT_EXTENSION = 'x-usher-kept';
/** The same, for the media type of an answer that is, or may be, text. */
export const TEXT_EXTENSION = 'x-usher-text';
/** Metadata: the content type of the text that may be had instead of JSON. */
export const TEXT_INSTEAD = 'usher:text-instead';

export interface EndpointOptions {
  /** One line, for OpenAPI. */
  summary: string;
  description?: string;
  /** Which people may call; `signed-in` where nothing is said. */
  access?: Access;
  /** Lets service clients with this scope call too; otherwise only routes for admins let any, those with `admin`. */
  scope?: Scope;
  /** Status of success: 200 where nothing is said, 204 where nothing is answered either. */
  status?: 200 | 201 | 202 | 204;
  /** Schema of the answer; members that it does not know are left out of the answer. */
  answers?: z.ZodType;
  /** Schema of one item, where the answer is a page of them. */
  answersPageOf?: z.ZodType;
  /**
   * Media type of an answer that is text rather than JSON, such as `text/calendar`: a string or a `StreamableFile`. Beside a
   * schema, of the other form that the answer may be had in: `@PrefersText()` says whether it is wanted.
   */
  answersText?: `text/${string}`;
  /** What success means, for OpenAPI. */
  answerDescription?: string;
  /** The problems of this endpoint's own, besides those that every endpoint has. */
  errors?: readonly ErrorCode[];
  /** Answers hold secrets or must not be repeated: an `Idempotency-Key` has no effect. */
  notKept?: boolean;
  /** Each call counts against `LOGIN_LIMIT_PER_MINUTE`, by address. */
  attempts?: boolean;
}

/** Everything that a route says of itself besides its method and path: access, success, problems, and OpenAPI. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const { summary, description, access = 'signed-in', answersText, errors = [] } = options;
  const scope = options.scope ?? (access === 'admin' ? 'admin' : undefined);
  const body = options.answersPageOf === undefined ? options.answers : pageSchema(options.answersPageOf);
  const status = options.status ?? (body === undefined && answersText === undefined ? 204 : 200);
  return applyDecorators(
    SetMetadata(ACCESS, access),
    SetMetadata(REQUIRED_SCOPE, scope),
    HttpCode(status),
    ...(body === undefined ? [] : [SerializeOptions({ schema: body })]),
    ...(answersText === undefined ? [] : textAnswer(answersText, body === undefined ? 'only' : 'instead')),
    SetMetadata(PAGED, options.answersPageOf !== undefined),
    SetMetadata(NOT_KEPT, options.notKept ?? false),
    SetMetadata(ATTEMPTS, options.attempts ?? false),
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    ApiExtension(ACCESS_EXTENSION, access),
    ...(scope === undefined ? [] : [ApiExtension(SCOPE_EXTENSION, scope)]),
    ApiExtension(KEPT_EXTENSION, options.notKept !== true),
    ApiResponse({
      status,
      description: options.answerDescription ?? (status === 204 ? 'Done' : 'Success'),
      ...(body === undefined ? {} : { standardSchema: body }),
    }),
    ...problemResponses(errors),
  );
}

/** Says that a text is answered, or that it may be had instead of JSON. */
function textAnswer(mediaType: string, had: 'only' | 'instead'): MethodDecorator[] {
  const [type, ...parameters] = mediaType.split('; ');
  const contentType = [type, 'charset=utf-8', ...parameters].join('; ');
  return [
    had === 'only' ? Header('Content-Type', contentType) : SetMetadata(TEXT_INSTEAD, contentType),
    ApiExtension(TEXT_EXTENSION, type),
  ];
}

/** One response per status, naming its codes. */
function problemResponses(codes: readonly ErrorCode[]): MethodDecorator[] {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return [...byStatus].map(([status, names]) => {
    const response: ApiResponseOptions = {
      status,
      description: names.map((name) => `\`${name}\`: ${PROBLEMS[name].title}`).join('; '),
      standardSchema: problemSchema,
    };
    return ApiResponse(response);
  });
}
