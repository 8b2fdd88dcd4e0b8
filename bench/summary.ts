/** A figure over several rounds: the middle one, and how far the others lie around it. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
};

/** The first and the last third of readings that were taken one after the other: what has grown has done so from the one to the other. */
export const thirdsOf = (readings: readonly number[]): readonly [readonly number[], readonly number[]] => {
  const third = Math.max(1, Math.floor(readings.length / 3));
  return [readings.slice(0, third), readings.slice(-third)];
};

/** `1.23 (1.20–1.31)`. */
export const writeSpread = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

/** A table in Markdown whose columns also line up as plain text. */
export const writeTable = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = header.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
};
