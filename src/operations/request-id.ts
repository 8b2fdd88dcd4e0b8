import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from '../platform/random.ts';

/** Header that names a request, in both directions. */
export const requestIdHeader = 'x-request-id';

/**
 * Gives a request its id: the one that it brings where that is a plain word, so that it can be followed from the client through the logs, else
 * one of its own. The answer carries it.
 */
export const nameRequest = (request: IncomingMessage, response: ServerResponse, random: Random): void => {
  const given = request.headers[requestIdHeader];
  const isPlain = typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given);
  response.setHeader(requestIdHeader, isPlain ? given : random.uuid());
};

/** The id that the answer to a request carries. */
export const requestIdOf = (response: ServerResponse): string => String(response.getHeader(requestIdHeader) ?? '');
