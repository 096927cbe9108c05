import { type FieldError, UsherError } from '#kernel';
import type { TokenBody } from './token.dto.js';

/** Who asks for a token, as they say. */
export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
}

const BASIC = /^Basic +([A-Za-z0-9+/]*={0,2})$/i;
const GRANT = 'client_credentials';

/**
 * The credentials of a token request, from HTTP Basic or from the body, but not from both (RFC 6749, section 2.3.1). Throws
 * `unsupported-grant-type`, `validation-failed` where there are none or too many, and `invalid-credentials` where they are not
 * to be read.
 */
export function readCredentials(
  { grant_type, client_id, client_secret }: TokenBody,
  authorization?: string,
): ClientCredentials {
  if (grant_type !== GRANT)
    throw new UsherError(
      'unsupported-grant-type',
      `Only ${GRANT} is granted here; people sign in at POST /v1/auth/login.`,
    );
  if (authorization !== undefined && /^Basic\b/i.test(authorization)) {
    const credentials = fromBasic(authorization);
    if (client_secret !== undefined) throw invalid('client_secret', 'must not come beside the Authorization header');
    if (client_id !== undefined && client_id !== credentials.clientId)
      throw invalid('client_id', 'must be that of the Authorization header');
    return credentials;
  }
  if (client_id === undefined) throw invalid('client_id', 'is required');
  if (client_secret === undefined) throw invalid('client_secret', 'is required');
  return { clientId: client_id, clientSecret: client_secret };
}

/** The refusal of credentials, whatever is wrong with them. */
export const badCredentials = (cause?: unknown): UsherError =>
  new UsherError('invalid-credentials', 'The client or its secret is wrong.', { cause });

function fromBasic(authorization: string): ClientCredentials {
  const [, encoded = ''] = BASIC.exec(authorization) ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  if (id === undefined || secret === undefined) throw badCredentials();
  try {
    return { clientId: fromForm(id), clientSecret: fromForm(secret) };
  } catch (cause) {
    throw badCredentials(cause);
  }
}

/** OAuth encodes both as a form does, before HTTP joins them. */
const fromForm = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

function invalid(member: keyof TokenBody, message: string): UsherError {
  const errors: FieldError[] = [{ pointer: `/${member}`, message }];
  return new UsherError('validation-failed', 'The input is not valid; see `errors`.', { errors });
}
