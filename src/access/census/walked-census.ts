import type { Operation } from '../../model/operation.ts';
import type { Subject } from '../../model/subject.ts';
import type { SubjectListQuestion } from '../../model/subject-list.ts';
import type { WalkedList } from '../../pages/walks/list-walk.ts';
import type { SharedWalks } from '../../pages/walks/shared-walks.ts';
import type { Versions } from '../../pages/versions.ts';
import { untilAborted } from '../../platform/until-aborted.ts';
import type { Census, CensusSource } from './census.ts';
import { indexCensus } from './index-census.ts';

interface Indexed {
  readonly census: Promise<Census>;
  /** Once it is there. */
  ready?: Census;
}

interface WalkedCensusOptions {
  readonly walks: SharedWalks<SubjectListQuestion, Subject>;
  /** Of what each credential is told: an operation that has changed something gets another census. */
  readonly versions: Pick<Versions, 'of'>;
  /** Whether the last census answers however old it is, because it is renewed in the background. Default: only while it is fresh. */
  readonly isRenewed?: boolean;
}

/**
 * Censuses over walks of the list of subjects. A walk is indexed once, whoever asks, and its index goes with it: nothing here outlives what the pages' memory
 * has room for.
 */
export const createWalkedCensus = ({ walks, versions, isRenewed = false }: WalkedCensusOptions): CensusSource => {
  const indexes = new WeakMap<WalkedList<Subject>, Indexed>();
  // One operation is answered from one census, also where nothing is kept or asked of what is kept.
  const byOperation = new WeakMap<Operation, Map<string, Promise<Census>>>();

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

  /** What nobody has to wait for, where it is renewed by itself. */
  const last = (includeNestedScopes: boolean, operation: Operation): WalkedList<Subject> | undefined =>
    isRenewed ? walks.last({ includeNestedScopes }, operation) : undefined;

  const begin = async (includeNestedScopes: boolean, operation: Operation): Promise<Census> => {
    const walked = last(includeNestedScopes, operation) ?? (await walks.read({ includeNestedScopes }, operation));
    return untilAborted(indexOf(walked).census, operation.signal);
  };

  return {
    read(includeNestedScopes, operation) {
      let own = byOperation.get(operation);
      if (own === undefined) byOperation.set(operation, (own = new Map()));
      const key = `${includeNestedScopes} ${versions.of(operation.caller?.credentialKey ?? '')}`;
      let census = own.get(key);
      if (census === undefined) own.set(key, (census = begin(includeNestedScopes, operation)));
      return census;
    },
    known(includeNestedScopes, operation) {
      const walked = last(includeNestedScopes, operation) ?? walks.known({ includeNestedScopes }, operation);
      return walked && indexes.get(walked)?.ready;
    },
  };
};
