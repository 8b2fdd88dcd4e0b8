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
  /** What whoever asks knows to come. Absent: nothing. */
  readonly foreseen?: ForeseenLookups;
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

/** `batches`: ask for just these. `all`: read the whole list. `look`: read the first page of the list, and plan again. */
export type LookupPlan = 'batches' | 'all' | 'look';

/** A walk of so many calls is over in two seconds at upstream's ten a second: not too long for somebody who waits for one page of names. */
const maxEagerWalk = 20;

/**
 * The cheaper of batches and the whole list, not for one question alone: a client that pages through an account asks for a few names on each page.
 * Once it has spent a quarter of what the walk costs, chances are that it goes on, and the walk pays.
 */
export const planLookup = (costs: LookupCosts): LookupPlan => {
  const { wanted, batches, walk, spent, isFirstPageKept, foreseen } = costs;
  if (walk === 0 || (walk !== undefined && batches > 1 && walk <= batches)) return 'all';
  const isListCheaper = foreseen !== undefined && planForeseen(costs, foreseen);
  if (isListCheaper) return walk === undefined ? 'look' : 'all';
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
