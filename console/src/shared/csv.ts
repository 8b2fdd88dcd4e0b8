/** What a cell can hold. */
export type Cell = string | number | boolean | null | undefined;

/**
 * A table as csv (RFC 4180, UTF-8). A cell that a spreadsheet would run is written with a `'` before it, as the gateway's own exports do.
 */
export const csvOf = (header: readonly string[], rows: Iterable<readonly Cell[]>): Blob =>
  new Blob(
    [header, ...rows].map((cells) => `${cells.map(cellText).join(',')}\r\n`),
    { type: 'text/csv;charset=utf-8' },
  );

const cellText = (cell: Cell): string => {
  const text = cell == null ? '' : String(cell);
  const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** The name of a file of today, such as `rolescope-findings-2026-11-26.csv`. */
export const csvName = (what: string): string => `rolescope-${what}-${new Date().toISOString().slice(0, 10)}.csv`;
