/** The pause that a `Retry-After` header asks for (RFC 9110 §10.2.3: seconds, or an HTTP date); undefined where there is none or it cannot be read. */
export const parseRetryAfterMs = (header: string | undefined, nowMs: number): number | undefined => {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse also reads what is no HTTP date, such as "-5" or "1.5".
  const atMs = /^[A-Z][a-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
};
