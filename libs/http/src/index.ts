export { answer, Answer, type AnswerHead } from './answers/answer.js';
export { IfMatch, Precondition } from './answers/precondition.js';
export { PrefersText } from './answers/prefers-text.js';
export { BODY_LIMIT, createHttpApp, type HttpAppOptions } from './app.js';
export { Endpoint, type EndpointOptions } from './endpoint.js';
export { HttpModule } from './http.module.js';
export { type BodyParser, bytesWhereTaken, jsonBodyParser } from './json-body.js';
export { html, Html } from './answers/html.js';
export { ResourceId } from './idempotency/resource-id.decorator.js';
export { type Keyset, type KeysetQuery, keysetQuery, mergePages } from './pagination/keyset.js';
export { type ApiDescription, openApiDocument } from './openapi/document.js';
export { mapPage, type Page, pageQuery, type PageRequest, pageSchema } from './pagination/page.js';
export { type Problem, problemSchema, toUsherError } from './problems/problem.js';
export { PROBLEMS } from './problems/problems.js';
export { AttemptLimiter } from './rate-limit/attempt-limiter.js';
export {
  commonSettings,
  descriptionOf,
  type HttpSettings,
  httpSettingsOf,
  isWholeIdentity,
  readSettings,
  serviceClientSettings,
  wholeNumber,
} from './settings.js';
export { HTTP_SETTINGS } from './tokens.js';
export { Id } from './validation/id.decorator.js';
export { filledText, text } from './validation/text.js';
export { ValidationPipe } from './validation/validation.pipe.js';
