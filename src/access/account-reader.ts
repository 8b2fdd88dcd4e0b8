import { GatewayError } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import type { Clock } from '../platform/clock.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import type { AccountCensus } from './account-census.ts';
import { askCensusInMemory } from './census-in-memory.ts';
import type { CensusSource } from './census/census.ts';

/** What knows accounts that have no room in memory. */
export interface StoredCensuses {
  /** The last census that is stored; undefined where there is none yet, or not for this caller. */
  read(operation: Operation): Promise<AccountCensus | undefined>;
}

interface AccountReaderOptions {
  readonly source: CensusSource;
  readonly stored?: StoredCensuses | undefined;
  readonly clock: Clock;
}

/** Reads the account that an operation asks about. */
export type ReadAccount = (includeNestedScopes: boolean, operation: Operation) => Promise<AccountCensus>;

/** How long an account that was refused as too large is not walked again: each try costs calls, and fills memory. */
const refusedForMs = 600_000;

/**
 * From memory where it has room there, and else from what is stored. A refusal of memory stands for all others that ask with the same credential in the next ten minutes. Nested scopes are
 * in no stored census: that refusal stays one.
 */
export const createAccountReader = ({ source, stored, clock }: AccountReaderOptions): ReadAccount => {
  const refusals = new Map<string, { readonly error: GatewayError; readonly untilMs: number }>();
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
    let refusal = refusals.get(caller.credentialKey);
    if (refusal === undefined || refusal.untilMs <= clock.nowMs()) {
      refusals.delete(caller.credentialKey);
      try {
        return askCensusInMemory(await source.read(includeNestedScopes, operation));
      } catch (error) {
        if (!(error instanceof GatewayError) || error.code !== 'CALL_BUDGET_EXCEEDED') throw error;
        refusal = { error, untilMs: clock.nowMs() + refusedForMs };
      }
    }
    const kept = await askStored(operation);
    if (kept === undefined) throw refusal.error;
    refusals.set(caller.credentialKey, refusal);
    return kept;
  };
};
