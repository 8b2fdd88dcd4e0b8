import { Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Suspense, useState } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { useAddressState } from '../../shared/address-state.ts';
import { DataTable } from '../../shared/data-table.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { RoleName } from '../../shared/role-name.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { countText } from '../../shared/words.ts';
import { RolesExport } from './roles-export.tsx';
import type { page_roles$key } from '../../__generated__/page_roles.graphql';
import type { pageRolesListQuery } from '../../__generated__/pageRolesListQuery.graphql';
import pageQueryNode, { type pageRolesQuery } from '../../__generated__/pageRolesQuery.graphql';

const question = graphql`
  query pageRolesQuery($nameContains: String, $orderBy: RoleOrder) {
    census {
      asOf
    }
    ...page_roles @arguments(nameContains: $nameContains, orderBy: $orderBy)
  }
`;

/** Which roles there are at all, and how many hold them. */
export const Page = () => {
  const [name, setName] = useAddressState('name');
  const [sort, setSort] = useAddressState('sort');
  const [text, setText] = useState(name ?? '');
  const setLater = useDebouncedCallback(setName, 250);
  const isByName = sort?.startsWith('name') === true;
  const direction = sort === undefined || sort.endsWith(':desc') ? ('DESC' as const) : ('ASC' as const);
  const variables: pageRolesQuery['variables'] = {
    nameContains: name ?? null,
    orderBy: { field: isByName ? 'NAME' : 'HOLDERS', direction },
  };
  const toggle = (field: 'name' | 'holders') => () =>
    setSort(`${field}:${isByName === (field === 'name') && direction === 'DESC' ? 'asc' : 'desc'}`);
  return (
    <>
      <PageHead title="Roles" query={{ text: pageQueryNode.params.text, variables }}>
        <RolesExport variables={variables} />
      </PageHead>
      <TextInput
        label="Name contains"
        className="no-print"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setLater(event.currentTarget.value);
        }}
        w={{ base: '100%', xs: 240 }}
        mb="sm"
      />
      <Suspense fallback={<RowsSkeleton count={10} isCensus />}>
        <List
          key={JSON.stringify(variables)}
          variables={variables}
          byName={{ direction: isByName ? direction : undefined, toggle: toggle('name') }}
          byHolders={{ direction: isByName ? undefined : direction, toggle: toggle('holders') }}
        />
      </Suspense>
    </>
  );
};

interface Sort {
  readonly direction: 'ASC' | 'DESC' | undefined;
  readonly toggle: () => void;
}

const List = ({
  variables,
  byName,
  byHolders,
}: {
  readonly variables: pageRolesQuery['variables'];
  readonly byName: Sort;
  readonly byHolders: Sort;
}) => {
  const query = usePageQuery<pageRolesQuery>(question, variables);
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<pageRolesListQuery, page_roles$key>(
    graphql`
      fragment page_roles on Query
      @refetchable(queryName: "pageRolesListQuery")
      @argumentDefinitions(
        nameContains: { type: "String" }
        orderBy: { type: "RoleOrder" }
        count: { type: "Int", defaultValue: 100 }
        cursor: { type: "String" }
      ) {
        census {
          roles(first: $count, after: $cursor, nameContains: $nameContains, orderBy: $orderBy)
            @connection(key: "page_roles") {
            totalCount
            edges {
              holderCount
              globalHolderCount
              scopeCount
              node {
                id
                name
              }
            }
          }
        }
      }
    `,
    query,
  );
  const roles = data.census?.roles;
  if (roles === undefined) return <NotTold>The roles</NotTold>;
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {countText(roles.totalCount)} roles
      </Text>
      <DataTable
        label="Roles"
        rows={roles.edges}
        keyOf={({ node }) => node.id}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty="No role has that in its name."
        columns={[
          {
            header: 'Role',
            cell: ({ node }) => <RoleName name={node.name} />,
            sort: byName,
          },
          {
            header: 'Holders',
            isNumber: true,
            cell: ({ holderCount }) => countText(holderCount),
            width: '8rem',
            sort: byHolders,
          },
          {
            header: 'Everywhere',
            isNumber: true,
            cell: ({ globalHolderCount }) => countText(globalHolderCount),
            width: '8rem',
          },
          {
            header: 'Scopes',
            isNumber: true,
            cell: ({ scopeCount }) => countText(scopeCount),
            width: '7rem',
            isMinor: true,
          },
        ]}
      />
    </>
  );
};
