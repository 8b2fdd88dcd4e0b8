/** The ways in which somebody can act at a place, as the graph names them and as people say it. */
export const ways = [
  { value: 'DIRECT', label: 'direct' },
  { value: 'INHERITED', label: 'from above' },
  { value: 'GLOBAL', label: 'everywhere' },
] as const;

/** One of the ways. */
export type Way = (typeof ways)[number]['value'];

/** Whether an address names a way. */
export const isWay = (text: string | undefined): text is Way => ways.some(({ value }) => value === text);
