import { ActionIcon, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { graphql, readInlineData } from 'react-relay';
import { ScopeName } from '../../shared/names.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { useTabQuery } from '../../shared/open-query.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { countText } from '../../shared/words.ts';
import { type HolderCounts, useHolderCounts } from './holder-counts.ts';
import type { names_scope$key } from '../../__generated__/names_scope.graphql';
import type { scopeTree_below$key } from '../../__generated__/scopeTree_below.graphql';
import type { scopeTreeBranchQuery } from '../../__generated__/scopeTreeBranchQuery.graphql';
import type { scopeTreeRootsQuery } from '../../__generated__/scopeTreeRootsQuery.graphql';

/**
 * The tree of static groups. Its roots are found from the places where roles are held: whatever stands above one of them at the very top.
 */
export const ScopeTree = () => {
  const { census } = useTabQuery<scopeTreeRootsQuery>(
    graphql`
      query scopeTreeRootsQuery {
        census {
          groups: scopes(first: 200, kind: ASSET_GROUP) {
            nodes {
              id
              kind
              resolution
              ...names_scope
              ...scopeTree_below
            }
          }
          msps: scopes(first: 50, kind: MSP) {
            nodes {
              ...scopeTree_below
            }
          }
          customers: scopes(first: 50, kind: CUSTOMER) {
            nodes {
              ...scopeTree_below
            }
          }
          sites: scopes(first: 50, kind: SITE) {
            nodes {
              ...scopeTree_below
            }
          }
        }
      }
    `,
    {},
  );
  const counts = useHolderCounts();
  const { groups, msps, customers, sites } = census ?? {};
  const found = [
    ...(groups?.nodes ?? []).map((node) => topOf(node) ?? node),
    // Linked to a group, they lie in the tree as well, and roles may be held at them alone.
    ...[msps, customers, sites].flatMap((kind) => kind?.nodes ?? []).flatMap((node) => topOf(node) ?? []),
  ];
  const tops = new Map(found.map((top) => [top.id, top]));
  // What ESET Connect does not list stands nowhere, and what lies in it cannot be told.
  const listed = [...tops.values()].filter(({ resolution }) => resolution !== 'MISSING');
  const unlisted = [...tops.values()].filter(({ resolution }) => resolution === 'MISSING');
  if (tops.size === 0) return <Text c="dimmed">No tree can be read.</Text>;
  return (
    <>
      {listed.length > 0 && (
        <Stack gap={2} role="tree" aria-label="Static groups">
          {listed.map((scope, index) => (
            <Branch key={scope.id} scope={scope} counts={counts} level={1} isOpenAtFirst={index === 0} />
          ))}
        </Stack>
      )}
      {unlisted.length > 0 && (
        <>
          <Title order={2} size="h5" mt="lg">
            Not in the tree
          </Title>
          <Text size="xs" c="dimmed" mb="xs">
            Roles are held at these groups, but ESET Connect does not list them: they may be gone. What lies in them is
            not known.
          </Text>
          <Stack gap={4}>
            {unlisted.map((scope) => (
              <Group key={scope.id} gap={8} wrap="nowrap">
                <ScopeName scope={scope} />
                <Holders id={scope.id} counts={counts} />
              </Group>
            ))}
          </Stack>
        </>
      )}
    </>
  );
};

/** What stands above a place at the very top; undefined where nothing does. */
const topOf = (place: scopeTree_below$key) =>
  readInlineData(
    graphql`
      fragment scopeTree_below on Scope @inline {
        ancestors {
          id
          kind
          resolution
          ...names_scope
        }
      }
    `,
    place,
  ).ancestors?.at(-1);

type Listed = names_scope$key & { readonly id: string; readonly kind: string };

/** Kinds in which nothing lies. */
const leaves: readonly string[] = ['DEVICE', 'POLICY', 'SUBSCRIPTION', 'USER'];

interface BranchProps {
  readonly scope: Listed;
  /** Undefined until they are known. */
  readonly counts: HolderCounts | undefined;
  readonly level: number;
  readonly isOpenAtFirst?: boolean;
}

const Branch = ({ scope, counts, level, isOpenAtFirst = false }: BranchProps) => {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  if (leaves.includes(scope.kind)) {
    return (
      <Group role="treeitem" aria-level={level} gap={8} wrap="nowrap" pl={48}>
        <ScopeName scope={scope} />
        <Holders id={scope.id} counts={counts} />
      </Group>
    );
  }
  return (
    <div role="treeitem" aria-expanded={isOpen} aria-level={level} style={{ paddingLeft: level === 1 ? 0 : 22 }}>
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          className="no-print"
          aria-label={isOpen ? 'Close' : 'Open'}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        </ActionIcon>
        <ScopeName scope={scope} />
        <Holders id={scope.id} counts={counts} />
      </Group>
      {isOpen && (
        <Suspense fallback={<Loader size="xs" ml={30} />}>
          <Children id={scope.id} counts={counts} level={level + 1} />
        </Suspense>
      )}
    </div>
  );
};

/** How many hold a role at exactly this place. */
const Holders = ({ id, counts }: { readonly id: string; readonly counts: HolderCounts | undefined }) => {
  if (counts === undefined) return null;
  const count = counts.get(id)?.holders ?? 0;
  return (
    <Text size="xs" c="dimmed" ml={4} style={{ flex: 'none' }} data-holders={count}>
      {count === 0 ? 'no holders' : count === 1 ? '1 holder' : `${countText(count)} holders`}
    </Text>
  );
};

const Children = ({ id, counts, level }: Omit<BranchProps, 'scope'> & { readonly id: string }) => {
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
                kind
                ...names_scope
              }
            }
          }
        }
      }
    `,
    { id },
  );
  if (node?.children == null) return <NotTold>What lies in it</NotTold>;
  const children = node.children.nodes;
  return (
    <div role="group">
      {children.map((child) => (
        <Branch key={child.id} scope={child} counts={counts} level={level} />
      ))}
      {children.length === 0 && (
        <Text size="xs" c="dimmed" pl={30}>
          nothing in it
        </Text>
      )}
      {node.children.pageInfo.hasNextPage && (
        <Text size="xs" c="dimmed" pl={30}>
          and more
        </Text>
      )}
    </div>
  );
};
