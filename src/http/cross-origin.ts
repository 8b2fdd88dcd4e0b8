import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigError } from '../model/errors.ts';
import { sendError } from './responses.ts';

/** Lets a request on, or answers it and says no. */
type OriginGate = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Keeps pages of other sites from asking, and lets the named origins ask and read (CORS, Fetch standard). Browsers say where a request comes
 * from (`Sec-Fetch-Site`, and `Origin` where they are older); who is no browser says nothing and has no user to ride on. Throws a `ConfigError`
 * where a name is no origin.
 */
export const createOriginGate = (origins: readonly string[]): OriginGate => {
  const allowed = new Set(origins.map(checkedOrigin));

  return (request, response) => {
    const { origin } = request.headers;
    if (allowed.size > 0) response.appendHeader('vary', 'Origin');
    if (origin !== undefined && allowed.has(origin)) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', 'x-request-id');
      if (request.method !== 'OPTIONS') return true;
      answerPreflight(response);
      return false;
    }
    const site = request.headers['sec-fetch-site'];
    const isOurs =
      site === undefined
        ? origin === undefined || hostOf(origin) === request.headers.host?.toLowerCase()
        : site === 'same-origin' || site === 'none';
    if (isOurs) return true;
    sendError(
      response,
      403,
      'This gateway takes no requests from pages of other sites but those that its operator named.',
      'FORBIDDEN',
    );
    return false;
  };
};

const answerPreflight = (response: ServerResponse): void => {
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers':
        'accept, apollo-require-preflight, authorization, cache-control, content-type, prefer, rolescope-report, traceparent, tracestate, x-api-key, x-request-id',
      'access-control-max-age': '600',
    })
    .end();
};

const checkedOrigin = (origin: string): string => {
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new ConfigError(
      `ROLESCOPE_CORS_ORIGINS must be a list of origins such as https://app.example, got ${JSON.stringify(origin)}`,
    );
  }
  return origin;
};

/** Empty for `null` and whatever else is no address: no request is sent to that host. */
const hostOf = (origin: string): string => (URL.canParse(origin) ? new URL(origin).host : '');
