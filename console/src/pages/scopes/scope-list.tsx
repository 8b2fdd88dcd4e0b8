import { Text } from '@mantine/core';
import { graphql, usePaginationFragment } from 'react-relay';
import { DataTable } from '../../shared/data-table.tsx';
import { ScopeName } from '../../shared/names.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { countText, kindWord } from '../../shared/words.ts';
import type { scopeList_query$key } from '../../__generated__/scopeList_query.graphql';
import type { scopeListPageQuery } from '../../__generated__/scopeListPageQuery.graphql';
import scopeListQueryNode, { type scopeListQuery } from '../../__generated__/scopeListQuery.graphql';

export const scopeListText: string | null = scopeListQueryNode.params.text;

/** Every scope at which a role is held, those with most holders first. */
export const ScopeList = ({ variables }: { readonly variables: scopeListQuery['variables'] }) => {
  const query = usePageQuery<scopeListQuery>(
    graphql`
      query scopeListQuery($kind: ScopeKind) {
        ...scopeList_query @arguments(kind: $kind)
      }
    `,
    variables,
  );
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<scopeListPageQuery, scopeList_query$key>(
    graphql`
      fragment scopeList_query on Query
      @refetchable(queryName: "scopeListPageQuery")
      @argumentDefinitions(
        kind: { type: "ScopeKind" }
        count: { type: "Int", defaultValue: 50 }
        cursor: { type: "String" }
      ) {
        census {
          scopes(first: $count, after: $cursor, kind: $kind) @connection(key: "scopeList_scopes") {
            totalCount
            edges {
              holderCount
              roleCount
              node {
                id
                kind
                ...names_scope
              }
            }
          }
        }
      }
    `,
    query,
  );
  const scopes = data.census?.scopes;
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {countText(scopes?.totalCount)} scopes at which a role is held
      </Text>
      <DataTable
        label="Scopes"
        rows={scopes?.edges ?? []}
        keyOf={({ node }) => node.id}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty="No role is held at a scope of this kind."
        columns={[
          { header: 'Where', cell: ({ node }) => <ScopeName scope={node} /> },
          {
            header: 'Kind',
            width: '9rem',
            isMinor: true,
            cell: ({ node }) => <Text size="sm">{kindWord(node.kind)}</Text>,
          },
          { header: 'Holders', isNumber: true, width: '8rem', cell: ({ holderCount }) => countText(holderCount) },
          {
            header: 'Roles',
            isNumber: true,
            width: '7rem',
            isMinor: true,
            cell: ({ roleCount }) => countText(roleCount),
          },
        ]}
      />
    </>
  );
};
