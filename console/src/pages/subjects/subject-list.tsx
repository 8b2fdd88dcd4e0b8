import { Group, Text } from '@mantine/core';
import { graphql, useFragment, usePaginationFragment } from 'react-relay';
import { useAddressState } from '../../shared/address-state.ts';
import { DataTable } from '../../shared/data-table.tsx';
import { Everywhere, ScopeName, SubjectName } from '../../shared/names.tsx';
import { RoleChip } from '../../shared/role-name.tsx';
import { typeWord } from '../../shared/words.ts';
import type { subjectList_query$key } from '../../__generated__/subjectList_query.graphql';
import type { subjectListPageQuery } from '../../__generated__/subjectListPageQuery.graphql';
import type { subjectList_role$key } from '../../__generated__/subjectList_role.graphql';

/** The list itself, as long as the account. */
export const SubjectList = ({ query }: { readonly query: subjectList_query$key }) => {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<subjectListPageQuery, subjectList_query$key>(
    graphql`
      fragment subjectList_query on Query
      @refetchable(queryName: "subjectListPageQuery")
      @argumentDefinitions(
        filter: { type: "SubjectFilter" }
        orderBy: { type: "[SubjectOrder!]" }
        count: { type: "Int", defaultValue: 50 }
        cursor: { type: "String" }
      ) {
        subjects(first: $count, after: $cursor, filter: $filter, orderBy: $orderBy)
          @connection(key: "subjectList_subjects") {
          edges {
            node {
              id
              type
              ...names_subject
            }
            roles {
              id
              name
              isGlobal
              ...subjectList_role
            }
          }
        }
      }
    `,
    query,
  );
  const [sort, setSort] = useAddressState('sort');
  const [field = 'type', direction] = (sort ?? 'type').split(':');
  const sortBy = (name: string) => ({
    direction: field === name ? (direction === 'desc' ? ('DESC' as const) : ('ASC' as const)) : undefined,
    toggle: () => setSort(field === name && direction !== 'desc' ? `${name}:desc` : name),
  });
  const edges = data.subjects?.edges ?? [];
  return (
    <DataTable
      label="Subjects"
      rows={edges}
      keyOf={({ node }, index) => `${node.id} ${index}`}
      more={{ hasNext, isLoadingNext, loadNext }}
      empty="Nobody matches."
      columns={[
        { header: 'Who', cell: ({ node }) => <SubjectName subject={node} isFull />, sort: sortBy('reference') },
        {
          header: 'Type',
          cell: ({ node }) => <Text size="sm">{typeWord(node.type)}</Text>,
          width: '10rem',
          sort: sortBy('type'),
          isMinor: true,
        },
        { header: 'Roles', cell: ({ roles }) => <RoleChips roles={roles} />, width: '28%' },
        {
          header: 'Where',
          cell: ({ roles }) =>
            roles[0] === undefined ? null : roles.some(({ isGlobal }) => isGlobal) ? (
              <Everywhere />
            ) : (
              <Where role={roles[0]} others={roles.length - 1} />
            ),
          width: '28%',
          isMinor: true,
        },
      ]}
    />
  );
};

const shownRoles = 3;

const RoleChips = ({ roles }: { readonly roles: readonly { readonly id: string; readonly name: string }[] }) => (
  <Group gap={4}>
    {roles.slice(0, shownRoles).map(({ id, name }) => (
      <RoleChip key={id} name={name} />
    ))}
    {roles.length > shownRoles && (
      <Text size="xs" c="dimmed">
        +{roles.length - shownRoles}
      </Text>
    )}
  </Group>
);

const Where = ({ role, others }: { readonly role: subjectList_role$key; readonly others: number }) => {
  const { scopes } = useFragment(
    graphql`
      fragment subjectList_role on ScopedRole {
        scopes(first: 1) {
          nodes {
            id
            ...names_scope
          }
          totalCount
        }
      }
    `,
    role,
  );
  const [first] = scopes.nodes;
  const more = (scopes.totalCount ?? 1) - 1 + others;
  return (
    <Group gap={6} wrap="nowrap">
      {first !== undefined && <ScopeName scope={first} isBrief />}
      {more > 0 && (
        <Text size="xs" c="dimmed" span>
          +{more}
        </Text>
      )}
    </Group>
  );
};
