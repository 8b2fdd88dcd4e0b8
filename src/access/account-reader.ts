import type { Operation } from '../model/operation.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import type { AccountCensus } from './account-census.ts';
import { askCensusInMemory } from './census-in-memory.ts';
import type { CensusSource } from './census/census.ts';
import { isRefusal, type Refusals } from './census/refusals.ts';

/** What knows accounts that have no room in memory. */
export interface StoredCensuses {
  /** The last census that is stored; undefined where there is none yet, or not for this caller. */
  read(operation: Operation): Promise<AccountCensus | undefined>;
}

interface AccountReaderOptions {
  readonly source: CensusSource;
  readonly stored?: StoredCensuses | undefined;
  /** What has had no room in memory. */
  readonly refusals: Refusals;
}

/** Reads the account that an operation asks about. */
export type ReadAccount = (includeNestedScopes: boolean, operation: Operation) => Promise<AccountCensus>;

/**
 * From memory where it has room there, and else from what is stored. A refusal of memory stands for all others that ask with the same credential, for as long as `refusals` remembers it. Nested
 * scopes are in no stored census: that refusal stays one.
 */
export const createAccountReader = ({ source, stored, refusals }: AccountReaderOptions): ReadAccount => {
  // One operation is answered from one census.
  const byOperation = new WeakMap<Operation, Promise<AccountCensus | undefined>>();

  const askStored = (operation: Operation): Promise<AccountCensus | undefined> | undefined => {
    let asked = byOperation.get(operation);
    if (asked === undefined && stored !== undefined) byOperation.set(operation, (asked = stored.read(operation)));
    return asked && untilAborted(asked, operation.signal);
  };

  return async (includeNestedScopes, operation) => {
    const { caller } = operation;
    if (stored === undefined || includeNestedScopes || caller === undefined) {
      return askCensusInMemory(await source.read(includeNestedScopes, operation));
    }
    const refusal = refusals.of(operation);
    try {
      if (refusal === undefined) return askCensusInMemory(await source.read(includeNestedScopes, operation));
    } catch (error) {
      const kept = isRefusal(error) ? await askStored(operation) : undefined;
      if (kept === undefined) throw error;
      refusals.note(operation, error);
      return kept;
    }
    const kept = await askStored(operation);
    if (kept === undefined) throw refusal;
    return kept;
  };
};
