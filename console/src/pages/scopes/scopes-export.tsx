import { graphql } from 'react-relay';
import { ListExport } from '../../shared/list-export.tsx';
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

/** Saves the list of scopes with its numbers. */
export const ScopesExport = ({ variables }: { readonly variables: scopeListQuery['variables'] }) => (
  <ListExport<scopesExportQuery, Scope>
    name="scopes"
    question={question}
    variables={variables}
    partOf={({ census }) => census && { nodes: census.scopes.edges, pageInfo: census.scopes.pageInfo }}
    header={['scope_kind', 'scope_uuid', 'scope_name', 'holders', 'roles']}
    cellsOf={({ node, holderCount, roleCount }) => [node.kind, node.uuid, node.displayName, holderCount, roleCount]}
  />
);

type Scope = NonNullable<scopesExportQuery['response']['census']>['scopes']['edges'][number];
