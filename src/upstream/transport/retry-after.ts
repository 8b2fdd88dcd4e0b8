/**
 * The longest pause that is kept, whatever upstream, or a proxy before it, asks for: a mistake in one header must not shut a caller out for years. When
 * it is over one call goes out, and another refusal asks for another pause.
 */
export const maxPauseMs = 120_000;

/**
 * The pause that a `Retry-After` header asks for (RFC 9110 §10.2.3: seconds, or an HTTP date), at most `maxPauseMs`; undefined where there is none or it
 * cannot be read.
 */
export const parseRetryAfterMs = (header: string | undefined, nowMs: number): number | undefined => {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(maxPauseMs, Number(text) * 1000);
  // Date.parse also reads what is no HTTP date, such as "-5" or "1.5".
  const atMs = /^[A-Z][a-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.min(maxPauseMs, Math.max(0, atMs - nowMs));
};
