import { useEffect, useState } from 'react';
import { graphql, useRelayEnvironment } from 'react-relay';
import { readAll } from '../../shared/read-all.ts';
import type { holderCountsQuery } from '../../__generated__/holderCountsQuery.graphql';

// Without names: they would cost calls for every scope of the account.
const question = graphql`
  query holderCountsQuery($cursor: String) {
    census {
      scopes(first: 1000, after: $cursor) {
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          holderCount
          roleCount
          node {
            id
          }
        }
      }
    }
  }
`;

type Edge = NonNullable<holderCountsQuery['response']['census']>['scopes']['edges'][number];

/** How many hold a role at a scope, and how many roles, by its id. What is in none of them is held by nobody. */
export type HolderCounts = ReadonlyMap<string, { readonly holders: number; readonly roles: number }>;

/** The counts of all scopes, from the census. Undefined until it is read, and where it cannot be. */
export const useHolderCounts = (): HolderCounts | undefined => {
  const environment = useRelayEnvironment();
  const [counts, setCounts] = useState<HolderCounts>();
  useEffect(() => {
    let hasLeft = false;
    void readAll<holderCountsQuery, Edge>(environment, question, {
      variables: {},
      partOf: ({ census }) => census && { nodes: census.scopes.edges, pageInfo: census.scopes.pageInfo },
    }).then(
      (edges) => {
        if (hasLeft) return;
        setCounts(
          new Map(edges.map(({ node, holderCount: holders, roleCount: roles }) => [node.id, { holders, roles }])),
        );
      },
      // The lists themselves say what is wrong with the census. Without it there are no counts.
      () => undefined,
    );
    return () => {
      hasLeft = true;
    };
  }, [environment]);
  return counts;
};
