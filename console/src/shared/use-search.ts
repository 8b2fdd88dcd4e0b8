import { useEffect, useState } from 'react';
import { fetchQuery, type GraphQLTaggedNode, useRelayEnvironment } from 'react-relay';
import type { OperationType } from 'relay-runtime';
import { failureSentence } from '../session/graph-error.ts';

/** What came of a search so far. */
export interface Searched<Found> {
  /** Undefined until the graph has answered what was asked last. */
  readonly found: Found | undefined;
  readonly isAsking: boolean;
  /** A sentence that says why nothing came. */
  readonly failure: string | undefined;
}

const nothing: Searched<never> = { found: undefined, isAsking: false, failure: undefined };

/**
 * Asks a search while somebody types. `variables` are undefined where nothing is to be asked. What comes for a text that has changed since is not
 * told, so that nobody picks a hit of another one.
 */
export const useSearch = <Query extends OperationType>(
  question: GraphQLTaggedNode,
  variables: Query['variables'] | undefined,
): Searched<Query['response']> => {
  const environment = useRelayEnvironment();
  const [searched, setSearched] = useState<Searched<Query['response']>>(nothing);
  const asked = variables === undefined ? undefined : JSON.stringify(variables);

  useEffect(() => {
    setSearched(nothing);
    if (asked === undefined) return undefined;
    setSearched({ ...nothing, isAsking: true });
    const subscription = fetchQuery<Query>(environment, question, JSON.parse(asked) as Query['variables']).subscribe({
      next: (found) => setSearched((before) => ({ ...before, found })),
      complete: () => setSearched((before) => ({ ...before, isAsking: false })),
      error: (error: unknown) => setSearched({ ...nothing, failure: failureSentence(error) }),
    });
    return () => subscription.unsubscribe();
  }, [environment, question, asked]);

  return searched;
};
