import type { Operation } from '../model/operation.ts';
import type { Access } from './access.ts';
import type { CensusSource } from './census/census.ts';

export interface AccessOptions {
  readonly source: CensusSource;
}

/** Answers questions about who can act where, for each operation by itself. */
export const createAccess = ({ source }: AccessOptions): { forOperation(operation: Operation): Access } => ({
  forOperation: (operation) => ({
    census: (includeNestedScopes) => source.read(includeNestedScopes, operation),
  }),
});
