import { Text } from '@mantine/core';
import { graphql, usePaginationFragment } from 'react-relay';
import { DataTable } from '../../shared/data-table.tsx';
import { ScopeName } from '../../shared/names.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { useTabQuery } from '../../shared/open-query.tsx';
import { kindWord } from '../../shared/words.ts';
import type { children_scope$key } from '../../__generated__/children_scope.graphql';
import type { childrenListQuery } from '../../__generated__/childrenListQuery.graphql';
import type { childrenQuery } from '../../__generated__/childrenQuery.graphql';

/** What lies directly in a scope. */
export const Children = ({ id }: { readonly id: string }) => {
  const { node } = useTabQuery<childrenQuery>(
    graphql`
      query childrenQuery($id: ID!) {
        node(id: $id) {
          ...children_scope @alias(as: "scope")
        }
      }
    `,
    { id },
  );
  return node?.scope == null ? null : <List scope={node.scope} />;
};

const List = ({ scope }: { readonly scope: children_scope$key }) => {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<childrenListQuery, children_scope$key>(
    graphql`
      fragment children_scope on Scope
      @refetchable(queryName: "childrenListQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 100 }, cursor: { type: "String" }) {
        children(first: $count, after: $cursor) @connection(key: "children_scope_children") {
          edges {
            node {
              id
              kind
              ...names_scope
            }
          }
        }
      }
    `,
    scope,
  );
  if (data.children == null) return <NotTold>What lies in it</NotTold>;
  return (
    <DataTable
      label="What lies in it"
      rows={data.children.edges}
      keyOf={({ node }) => node.id}
      more={{ hasNext, isLoadingNext, loadNext }}
      empty="Nothing is known to lie in it."
      columns={[
        { header: 'What', cell: ({ node }) => <ScopeName scope={node} /> },
        { header: 'Kind', width: '10rem', cell: ({ node }) => <Text size="sm">{kindWord(node.kind)}</Text> },
      ]}
    />
  );
};
