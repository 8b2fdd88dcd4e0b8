import { graphql } from 'react-relay';
import { ListExport } from '../../shared/list-export.tsx';
import type { pageRolesQuery } from '../../__generated__/pageRolesQuery.graphql';
import type { rolesExportQuery } from '../../__generated__/rolesExportQuery.graphql';

const question = graphql`
  query rolesExportQuery($nameContains: String, $orderBy: RoleOrder, $cursor: String) {
    census {
      roles(first: 1000, after: $cursor, nameContains: $nameContains, orderBy: $orderBy) {
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          holderCount
          globalHolderCount
          scopeCount
          node {
            name
          }
        }
      }
    }
  }
`;

/** Saves the list of roles with its numbers. */
export const RolesExport = ({ variables }: { readonly variables: pageRolesQuery['variables'] }) => (
  <ListExport<rolesExportQuery, Role>
    name="roles"
    question={question}
    variables={variables}
    partOf={({ census }) => census && { nodes: census.roles.edges, pageInfo: census.roles.pageInfo }}
    header={['role', 'holders', 'everywhere', 'scopes']}
    cellsOf={({ node, holderCount, globalHolderCount, scopeCount }) => [
      node.name,
      holderCount,
      globalHolderCount,
      scopeCount,
    ]}
  />
);

type Role = NonNullable<rolesExportQuery['response']['census']>['roles']['edges'][number];
