import type { Operation } from '../../model/operation.ts';
import type { Subject } from '../../model/subject.ts';
import type { SubjectListQuestion } from '../../model/subject-list.ts';
import type { WalkedList } from '../../pages/list-walk.ts';
import type { SharedWalks } from '../../pages/shared-walks.ts';
import { untilAborted } from '../../platform/until-aborted.ts';
import type { Census, CensusSource } from './census.ts';
import { indexCensus } from './index-census.ts';

interface Indexed {
  readonly census: Promise<Census>;
  /** Once it is there. */
  ready?: Census;
}

/**
 * Censuses over walks of the list of subjects. A walk is indexed once, whoever asks, and its index goes with it: nothing here outlives what the pages' memory
 * has room for.
 */
export const createWalkedCensus = (walks: SharedWalks<SubjectListQuestion, Subject>): CensusSource => {
  const indexes = new WeakMap<WalkedList<Subject>, Indexed>();
  // One operation is answered from one census, also where nothing is kept or asked of what is kept.
  const byOperation = new WeakMap<Operation, Map<boolean, Promise<Census>>>();

  const indexOf = (walked: WalkedList<Subject>): Indexed => {
    const known = indexes.get(walked);
    if (known !== undefined) return known;
    const indexed: Indexed = { census: indexCensus(walked) };
    indexes.set(walked, indexed);
    indexed.census.then(
      (census) => (indexed.ready = census),
      () => indexes.delete(walked),
    );
    return indexed;
  };

  const begin = async (includeNestedScopes: boolean, operation: Operation): Promise<Census> => {
    const walked = await walks.read({ includeNestedScopes }, operation);
    return untilAborted(indexOf(walked).census, operation.signal);
  };

  return {
    read(includeNestedScopes, operation) {
      let own = byOperation.get(operation);
      if (own === undefined) byOperation.set(operation, (own = new Map()));
      let census = own.get(includeNestedScopes);
      if (census === undefined) own.set(includeNestedScopes, (census = begin(includeNestedScopes, operation)));
      return census;
    },
    known(includeNestedScopes, operation) {
      const walked = walks.known({ includeNestedScopes }, operation);
      return walked && indexes.get(walked)?.ready;
    },
  };
};
