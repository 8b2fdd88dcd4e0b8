import { graphql, useRelayEnvironment } from 'react-relay';
import { csvName, csvOf } from '../../shared/csv.ts';
import { readAll } from '../../shared/read-all.ts';
import { SaveButton } from '../../shared/save-button.tsx';
import type { scopeListQuery } from '../../__generated__/scopeListQuery.graphql';
import type { scopesExportQuery } from '../../__generated__/scopesExportQuery.graphql';

const question = graphql`
  query scopesExportQuery($kind: ScopeKind, $cursor: String) {
    census {
      scopes(first: 1000, after: $cursor, kind: $kind) {
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          holderCount
          roleCount
          node {
            kind
            uuid
            displayName
          }
        }
      }
    }
  }
`;

/** Saves the list of scopes with its numbers. `/export` knows grants alone, so these come from the graph. */
export const ScopesExport = ({ variables }: { readonly variables: scopeListQuery['variables'] }) => {
  const environment = useRelayEnvironment();
  const make = async () => {
    const scopes = await readAll<scopesExportQuery, Scope>(environment, question, {
      variables,
      partOf: ({ census }) => census && { nodes: census.scopes.edges, pageInfo: census.scopes.pageInfo },
    });
    return {
      name: csvName('scopes'),
      content: csvOf(
        ['scope_kind', 'scope_uuid', 'scope_name', 'holders', 'roles'],
        scopes.map(({ node, holderCount, roleCount }) => [
          node.kind,
          node.uuid,
          node.displayName,
          holderCount,
          roleCount,
        ]),
      ),
    };
  };
  return <SaveButton label="Export as CSV" make={make} />;
};

type Scope = NonNullable<scopesExportQuery['response']['census']>['scopes']['edges'][number];
