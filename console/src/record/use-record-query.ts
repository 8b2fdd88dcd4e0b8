import { type GraphQLTaggedNode, useLazyLoadQuery } from 'react-relay';
import type { OperationType } from 'relay-runtime';
import { useSession } from '../session/session.tsx';

/** A question about the record, asked again for each `reading` and sign-in. What was read before is not the record any more. */
export const useRecordQuery = <Query extends OperationType>(
  question: GraphQLTaggedNode,
  variables: Query['variables'],
  reading = 0,
): Query['response'] => {
  const { generation } = useSession();
  return useLazyLoadQuery<Query>(question, variables, {
    fetchKey: `${generation}/${reading}`,
    fetchPolicy: 'network-only',
    networkCacheConfig: { force: true },
  });
};
