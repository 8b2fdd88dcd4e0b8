import { maxListPageSize } from '../../model/contract.ts';

/** What is known when lookups have to be planned. */
export interface LookupSituation {
  /** How many calls it would take to look up one by one what no page that was read has told. At least 1. */
  readonly singles: number;
  /** How many subjects the list has, as far as upstream said; undefined where it has not. */
  readonly totalSize: number | undefined;
  /** How many of them lie in pages that are read already, from the start of the list on. A scan goes on behind them. */
  readonly walked: number;
  /** How many pages this scan has asked for, and how many subjects they held: upstream may send shorter pages than it is asked for. */
  readonly scannedPages: number;
  readonly scannedSubjects: number;
  /** Calls that the operation may still make. */
  readonly callsLeft: number;
}

export interface LookupPlan {
  readonly way: 'singles' | 'scan';
  /** For the log: what spoke for it. */
  readonly why: string;
}

/**
 * The cheaper way to find subjects: a call for each, or reading on through the list until all are found. Asked again after
 * every page, so that a scan ends as soon as what is left is cheaper to look up; together they never cost more than the
 * plan that was chosen first promised.
 *
 * - At equal cost lookups of several subjects scan: a scan may end early, and its pages serve whatever is asked next.
 *   One subject is looked up: a page of 1000 is a slow way to learn one thing.
 * - Where the size of the list is not known, one page would tell it. Asking for it costs at most one call too many, not asking
 *   costs up to all singles but one. So it is worth it from three lookups on; with two both can lose one call, and the
 *   two at least are answered at once. Where pages do not tell the size either, the scan may cost as much as the singles
 *   would, and then gives way to them.
 * - The budget never turns the choice between two known costs: whichever is cheaper also gets further. Where the size
 *   is unknown and the singles cannot all be paid, a page answers more than the calls that are left.
 */
export const planLookups = (situation: LookupSituation): LookupPlan => {
  const { singles, totalSize, scannedPages, callsLeft } = situation;
  if (totalSize === undefined) {
    if (singles > callsLeft && scannedPages < callsLeft) {
      return { way: 'scan', why: `${singles} lookups are more than the ${callsLeft} calls that are left` };
    }
    return singles >= worthProbing && scannedPages < singles
      ? { way: 'scan', why: 'the next page may tell how large the list is' }
      : { way: 'singles', why: 'the size of the list is not known' };
  }
  const pages = pagesLeft(totalSize, situation);
  return singles === 1 || singles < pages
    ? { way: 'singles', why: `at most ${pages} pages are left to read` }
    : { way: 'scan', why: `at most ${pages} pages are left to read, for ${singles} lookups` };
};

const worthProbing = 3;

/** At least one: a list that has grown since its size was told has not ended yet. */
const pagesLeft = (totalSize: number, { walked, scannedPages, scannedSubjects }: LookupSituation): number => {
  const pageLength = scannedPages === 0 ? maxListPageSize : Math.max(1, scannedSubjects / scannedPages);
  return Math.max(1, Math.ceil((totalSize - walked) / pageLength));
};
