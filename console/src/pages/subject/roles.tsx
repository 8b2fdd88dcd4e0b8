import { Group, Text } from '@mantine/core';
import { graphql, usePaginationFragment } from 'react-relay';
import { DataTable } from '../../shared/data-table.tsx';
import { Everywhere, ScopeName } from '../../shared/names.tsx';
import { RoleName } from '../../shared/role-name.tsx';
import { countText } from '../../shared/words.ts';
import { isChangeable } from '../../writes/change.ts';
import { useMayWrite } from '../../writes/may-write.ts';
import { placeOf, RevokeButton } from '../../writes/revoke-button.tsx';
import type { roles_subject$data, roles_subject$key } from '../../__generated__/roles_subject.graphql';
import type { rolesListQuery } from '../../__generated__/rolesListQuery.graphql';

type Held = roles_subject$data['roles']['edges'][number]['node'];

/** The roles of a subject, each with its named scopes. */
export const Roles = ({ subject }: { readonly subject: roles_subject$key }) => {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<rolesListQuery, roles_subject$key>(
    graphql`
      fragment roles_subject on Subject
      @refetchable(queryName: "rolesListQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" }) {
        reference
        type
        displayName
        roles(first: $count, after: $cursor) @connection(key: "roles_subject_roles") {
          totalCount
          edges {
            node {
              id
              name
              isGlobal
              scopes(first: 100) {
                totalCount
                nodes {
                  id
                  kind
                  uuid
                  displayName
                  ...names_scope
                }
              }
            }
          }
        }
      }
    `,
    subject,
  );
  const { reference, type, displayName } = data;
  const holder = { reference, type, name: displayName == null || displayName === '' ? reference : displayName };
  const mayWrite = useMayWrite();
  return (
    <DataTable
      label="Roles of this subject"
      rows={data.roles.edges}
      keyOf={({ node }) => node.id}
      more={{ hasNext, isLoadingNext, loadNext }}
      empty="Holds no role."
      columns={[
        {
          header: 'Role',
          width: '32%',
          cell: ({ node }) => <RoleName name={node.name} />,
        },
        {
          header: 'Where',
          cell: ({ node }) =>
            node.isGlobal ? (
              <Everywhere />
            ) : (
              <Group gap={10}>
                {node.scopes.nodes.map((scope) => (
                  <ScopeName key={scope.id} scope={scope} />
                ))}
                {(node.scopes.totalCount ?? 0) > node.scopes.nodes.length && (
                  <Text size="xs" c="dimmed">
                    +{countText((node.scopes.totalCount ?? 0) - node.scopes.nodes.length)}
                  </Text>
                )}
              </Group>
            ),
        },
        ...(mayWrite && isChangeable(type)
          ? [
              {
                header: 'Change',
                width: '6.5rem',
                cell: ({ node }: { readonly node: Held }) => (
                  <RevokeButton
                    subject={holder}
                    roleName={node.name}
                    places={node.isGlobal ? 'everywhere' : node.scopes.nodes.map(placeOf)}
                  />
                ),
              },
            ]
          : []),
      ]}
    />
  );
};
