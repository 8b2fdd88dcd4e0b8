import { ActionIcon, Group, Loader, Stack, Text } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { graphql } from 'react-relay';
import { ScopeName } from '../../shared/names.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import type { names_scope$key } from '../../__generated__/names_scope.graphql';
import type { scopeTreeBranchQuery } from '../../__generated__/scopeTreeBranchQuery.graphql';
import type { scopeTreeRootsQuery } from '../../__generated__/scopeTreeRootsQuery.graphql';

/**
 * The tree of static groups. Its roots are found from the places where roles are held: whatever stands above one of them at the very top.
 */
export const ScopeTree = () => {
  const { census } = usePageQuery<scopeTreeRootsQuery>(
    graphql`
      query scopeTreeRootsQuery {
        census {
          scopes(first: 200, kind: ASSET_GROUP) {
            nodes {
              id
              ...names_scope
              ancestors {
                id
                ...names_scope
              }
            }
          }
        }
      }
    `,
    {},
  );
  const roots = new Map<string, names_scope$key>();
  for (const node of census?.scopes.nodes ?? []) {
    const top = node.ancestors?.at(-1) ?? node;
    roots.set(top.id, top);
  }
  if (roots.size === 0) return <Text c="dimmed">No tree can be read.</Text>;
  return (
    <Stack gap={2} role="tree" aria-label="Static groups">
      {[...roots].map(([id, scope]) => (
        <Branch key={id} id={id} scope={scope} level={1} isOpenAtFirst />
      ))}
    </Stack>
  );
};

interface BranchProps {
  readonly id: string;
  readonly scope: names_scope$key;
  readonly level: number;
  readonly isOpenAtFirst?: boolean;
}

const Branch = ({ id, scope, level, isOpenAtFirst = false }: BranchProps) => {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  return (
    <div role="treeitem" aria-expanded={isOpen} aria-level={level} style={{ paddingLeft: level === 1 ? 0 : 22 }}>
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={isOpen ? 'Close' : 'Open'}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        </ActionIcon>
        <ScopeName scope={scope} />
      </Group>
      {isOpen && (
        <Suspense fallback={<Loader size="xs" ml={30} />}>
          <Children id={id} level={level + 1} />
        </Suspense>
      )}
    </div>
  );
};

const Children = ({ id, level }: { readonly id: string; readonly level: number }) => {
  const { node } = usePageQuery<scopeTreeBranchQuery>(
    graphql`
      query scopeTreeBranchQuery($id: ID!) {
        node(id: $id) {
          ... on Scope {
            children(first: 200) {
              pageInfo {
                hasNextPage
              }
              nodes {
                id
                ...names_scope
              }
            }
          }
        }
      }
    `,
    { id },
  );
  const children = node?.children?.nodes ?? [];
  return (
    <div role="group">
      {children.map((child) => (
        <Branch key={child.id} id={child.id} scope={child} level={level} />
      ))}
      {children.length === 0 && (
        <Text size="xs" c="dimmed" pl={30}>
          nothing in it
        </Text>
      )}
      {node?.children?.pageInfo.hasNextPage === true && (
        <Text size="xs" c="dimmed" pl={30}>
          and more
        </Text>
      )}
    </div>
  );
};
