import { graphql, useRelayEnvironment } from 'react-relay';
import { csvName, csvOf } from '../../shared/csv.ts';
import { readAll } from '../../shared/read-all.ts';
import { SaveButton } from '../../shared/save-button.tsx';
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

/** Saves the list of roles with its numbers. `/export` knows grants alone, so these come from the graph. */
export const RolesExport = ({ variables }: { readonly variables: pageRolesQuery['variables'] }) => {
  const environment = useRelayEnvironment();
  const make = async () => {
    const roles = await readAll<rolesExportQuery, Role>(environment, question, {
      variables,
      partOf: ({ census }) => census && { nodes: census.roles.edges, pageInfo: census.roles.pageInfo },
    });
    return {
      name: csvName('roles'),
      content: csvOf(
        ['role', 'holders', 'everywhere', 'scopes'],
        roles.map(({ node, holderCount, globalHolderCount, scopeCount }) => [
          node.name,
          holderCount,
          globalHolderCount,
          scopeCount,
        ]),
      ),
    };
  };
  return <SaveButton label="Export as CSV" make={make} />;
};

type Role = NonNullable<rolesExportQuery['response']['census']>['roles']['edges'][number];
