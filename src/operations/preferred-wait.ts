import type { IncomingHttpHeaders } from 'node:http';

/**
 * How long a client wants to wait at most, as RFC 7240 says it: `Prefer: wait=SECONDS`. Undefined where it says nothing, or nothing that can be
 * read: a preference is never refused.
 */
export const preferredWaitMs = ({ prefer }: IncomingHttpHeaders): number | undefined => {
  const text = Array.isArray(prefer) ? prefer.join(',') : prefer;
  const seconds = /(?:^|[\s,;])wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(text ?? '')?.[1];
  return seconds === undefined || Number(seconds) === 0 ? undefined : Number(seconds) * 1000;
};
