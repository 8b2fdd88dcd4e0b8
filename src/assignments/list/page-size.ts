import { maxPageSize } from '../../model/page.ts';

export interface PageSizeWishes {
  /** How many items are still wanted. */
  readonly wanted: number;
  /** Size of the page that a client paging on has just left; absent where it is not known to page on. */
  readonly previousSize: number | undefined;
  /** Whether what is read beyond the wanted is kept for later. */
  readonly readAhead: boolean;
}

/**
 * How large a page to ask for where every item of it is part of the answer. Exactly what is wanted, so that the page's
 * end is the slice's end and its cursor costs no second reading; with read-ahead, a client that pages on gets pages twice
 * as large each time (DESIGN §2).
 */
export const choosePageSize = ({ wanted, previousSize, readAhead }: PageSizeWishes): number => {
  const ahead = readAhead && previousSize !== undefined ? 2 * previousSize : 0;
  return Math.max(1, Math.min(maxPageSize, Math.max(wanted, ahead)));
};
