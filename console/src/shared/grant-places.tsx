import { Group, Text } from '@mantine/core';
import { graphql, useFragment } from 'react-relay';
import { Everywhere, ScopeName } from './names.tsx';
import type { grantPlaces_role$key } from '../__generated__/grantPlaces_role.graphql';

const shownScopes = 2;

/** Where some scoped roles hold: their first scopes by name, and how many more. */
export const GrantPlaces = ({ roles }: { readonly roles: readonly grantPlaces_role$key[] }) => (
  <Group gap={10}>
    {roles.map((role, index) => (
      <GrantPlace key={index} role={role} />
    ))}
  </Group>
);

const GrantPlace = ({ role }: { readonly role: grantPlaces_role$key }) => {
  const { isGlobal, scopes } = useFragment(
    graphql`
      fragment grantPlaces_role on ScopedRole {
        isGlobal
        scopes(first: 2) {
          totalCount
          nodes {
            id
            ...names_scope
          }
        }
      }
    `,
    role,
  );
  if (isGlobal) return <Everywhere />;
  const more = (scopes.totalCount ?? 0) - scopes.nodes.length;
  return (
    <>
      {scopes.nodes.slice(0, shownScopes).map((scope) => (
        <ScopeName key={scope.id} scope={scope} isBrief />
      ))}
      {more > 0 && (
        <Text size="xs" c="dimmed">
          +{more}
        </Text>
      )}
    </>
  );
};
