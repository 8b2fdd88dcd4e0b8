import { maxListPageSize } from '../model/contract.ts';

/** What the planner knows before it chooses how to look things up. */
interface LookupCosts {
  /** How many uuids are asked for. */
  readonly wanted: number;
  /** Calls that asking for just these would cost, if upstream knows all of them. */
  readonly batches: number;
  /** Calls that reading what is not kept of the whole list would cost; undefined where nobody knows yet how long it is. */
  readonly walk: number | undefined;
  /** Calls that this credential has spent on batches of this kind lately. */
  readonly spent: number;
  /** Whether the first page of the list is kept: reading it again would tell nothing new. */
  readonly isFirstPageKept: boolean;
  /** What pages of the list told that were read for this gathering. Absent: reading any would tell nothing, because nothing is kept. */
  readonly read?: ReadPages;
  /** What whoever asks knows to come. Absent: nothing. */
  readonly foreseen?: ForeseenLookups;
}

interface ReadPages {
  readonly pages: number;
  /** Which part of what is wanted stood there: from 0 to 1. */
  readonly share: number;
  /** Whether the last of them told as much as a batch does. */
  readonly isWorthwhile: boolean;
}

/** Of somebody who reads an account to its end. */
interface ForeseenLookups {
  /** How many more times about as much will be asked for. */
  readonly gatherings: number;
  /** Pages of the list that this credential has read ahead lately. */
  readonly looked: number;
  /** Calls that there is time for. */
  readonly maxWalk: number;
}

/** `batches`: ask for just these. `all`: read the whole list. `look`: read the next page of the list, the first where none was, and plan again. */
export type LookupPlan = 'batches' | 'all' | 'look';

/** A walk of so many calls is over in two seconds at upstream's ten a second: not too long for somebody who waits for one page of names. */
const maxEagerWalk = 20;

/**
 * The cheaper of batches and the whole list, not for one question alone: a client that pages through an account asks for a few names on each page.
 * Once it has spent a quarter of what the walk costs, chances are that it goes on, and the walk pays.
 */
export const planLookup = (costs: LookupCosts): LookupPlan => {
  const { wanted, batches, walk, spent, isFirstPageKept, read, foreseen } = costs;
  // One batch may well be asked again for others; where the list has been begun, its rest is of more use.
  const isListWanted = batches > 1 || (read?.pages ?? 0) > 0;
  if (walk === 0 || (walk !== undefined && isListWanted && walk <= batches)) return 'all';
  const isListCheaper = foreseen !== undefined && planForeseen(costs, foreseen);
  if (isListCheaper) return walk === undefined ? 'look' : 'all';
  if (walk === undefined && batches > 1 && read !== undefined && isListLikelyCheaper(costs, read)) {
    return read.pages >= pagesToBelieve && read.isWorthwhile ? 'all' : 'look';
  }
  // A call that brings as many as a page of the list would is no waste, however often it is made.
  if (spent === 0 || 2 * wanted >= maxListPageSize) return 'batches';
  if (walk === undefined) return isFirstPageKept ? 'batches' : 'look';
  return walk <= maxEagerWalk && 4 * spent >= walk ? 'all' : 'batches';
};

/**
 * Whether the list costs no more than all batches that are still to come. Where nobody knows how long it is, it is read on for as long as that could be: then it
 * has cost as much as the batches at most.
 */
const planForeseen = ({ batches, walk }: LookupCosts, { gatherings, looked, maxWalk }: ForeseenLookups): boolean => {
  if (gatherings === 0) return false;
  const limit = Math.min(batches * (1 + gatherings), maxWalk);
  return walk === undefined ? looked < limit : walk <= limit;
};

/** So many pages in a row that bring more than batches do, and the rest will: a walk need not be planned page by page, and has a budget of its own. */
const pagesToBelieve = 4;

/**
 * Whether the rest of a list that does not say how long it is costs no more than the batches. Its first page tells: where a third of what is wanted stands there, the list is likely to have three. Asked
 * again after each page, so that a list whose first pages mislead has cost no more than the batches do.
 */
const isListLikelyCheaper = ({ batches, isFirstPageKept }: LookupCosts, { pages, share }: ReadPages): boolean => {
  if (pages === 0) return !isFirstPageKept;
  return share > 0 && pages * (1 / share - 1) <= batches;
};
