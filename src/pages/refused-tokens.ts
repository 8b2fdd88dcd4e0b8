import type { Operation } from '../model/operation.ts';

/**
 * Remembers lists whose kept pages led to a token that upstream takes no more. Their pages are gone here, but what lies behind may have kept
 * them too, and would lead there again.
 */
interface RefusedTokens {
  note(listKey: string): void;
  /** The operation as the list's first page is to be asked for: past everything that is kept, once, where a token of the list was refused. */
  bypassOnce(listKey: string, operation: Operation): Operation;
}

/** So many lists at most: beyond that all are forgotten, and found again where they still are. A few hundred kilobytes. */
const maxLists = 1000;

export const createRefusedTokens = (): RefusedTokens => {
  const known = new Set<string>();
  return {
    note(listKey) {
      if (known.size === maxLists) known.clear();
      known.add(listKey);
    },
    bypassOnce: (listKey, operation) => (known.delete(listKey) ? bypassing(operation) : operation),
  };
};

/** The same operation, which nothing kept may answer. Its deadline may still move. */
const bypassing = (operation: Operation): Operation => ({
  ...operation,
  get deadlineMs() {
    return operation.deadlineMs;
  },
  bypassCache: true,
});
