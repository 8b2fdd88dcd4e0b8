import { type GraphQLTaggedNode, useLazyLoadQuery } from 'react-relay';
import type { OperationType } from 'relay-runtime';
import { useSession } from '../session/session.tsx';

/** A page's own query. It is asked again after a new sign-in. `anew` counts how often the user asked for "now". */
export const usePageQuery = <Query extends OperationType>(
  question: GraphQLTaggedNode,
  variables: Query['variables'],
  anew = 0,
): Query['response'] => {
  const { generation } = useSession();
  return useLazyLoadQuery<Query>(question, variables, {
    fetchKey: `${generation}/${anew}`,
    fetchPolicy: anew > 0 ? 'network-only' : 'store-or-network',
    networkCacheConfig: { force: true, ...(anew > 0 && { metadata: { anew: true } }) },
  });
};
