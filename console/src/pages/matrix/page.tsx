import { Group, MultiSelect, NumberInput, Text } from '@mantine/core';
import { Suspense } from 'react';
import { graphql } from 'react-relay';
import { useAddressState } from '../../shared/address-state.ts';
import { PageHead } from '../../shared/page-head.tsx';
import { csvName, csvOf } from '../../shared/csv.ts';
import { SaveButton } from '../../shared/save-button.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { usePicked } from '../../shared/use-picked.ts';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { countText, kindWord } from '../../shared/words.ts';
import { MatrixTable } from './matrix-table.tsx';
import { fieldOfKind, joinParts, type JoinedMatrix, type MatrixKind, matrixKinds, wantedKinds } from './parts.ts';
import pageQueryNode, { type pageMatrixQuery } from '../../__generated__/pageMatrixQuery.graphql';

// The graph takes one kind at a time: each of those that are wanted is a field of its own.
const question = graphql`
  query pageMatrixQuery(
    $roles: [String!]
    $firstRoles: Int
    $firstScopes: Int
    $any: Boolean!
    $assetGroup: Boolean!
    $customer: Boolean!
    $device: Boolean!
    $msp: Boolean!
    $policy: Boolean!
    $site: Boolean!
    $subscription: Boolean!
    $tenant: Boolean!
    $user: Boolean!
    $unknown: Boolean!
  ) {
    census {
      asOf
      any: matrix(roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes) @include(if: $any) {
        ...parts_matrix
      }
      assetGroup: matrix(kind: ASSET_GROUP, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes)
        @include(if: $assetGroup) {
        ...parts_matrix
      }
      customer: matrix(kind: CUSTOMER, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes)
        @include(if: $customer) {
        ...parts_matrix
      }
      device: matrix(kind: DEVICE, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes)
        @include(if: $device) {
        ...parts_matrix
      }
      msp: matrix(kind: MSP, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes) @include(if: $msp) {
        ...parts_matrix
      }
      policy: matrix(kind: POLICY, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes)
        @include(if: $policy) {
        ...parts_matrix
      }
      site: matrix(kind: SITE, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes) @include(if: $site) {
        ...parts_matrix
      }
      subscription: matrix(kind: SUBSCRIPTION, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes)
        @include(if: $subscription) {
        ...parts_matrix
      }
      tenant: matrix(kind: TENANT, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes)
        @include(if: $tenant) {
        ...parts_matrix
      }
      user: matrix(kind: USER, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes) @include(if: $user) {
        ...parts_matrix
      }
      unknown: matrix(kind: UNKNOWN, roles: $roles, firstRoles: $firstRoles, firstScopes: $firstScopes)
        @include(if: $unknown) {
        ...parts_matrix
      }
      roles(first: 200) {
        totalCount
        nodes {
          id
          name
        }
      }
      scopeKinds {
        kind
        count
      }
    }
  }
`;

/** Roles by scopes: how many hold what where. The column "everywhere" comes first, because it counts in all the others. */
export const Page = () => {
  const [given, setKind] = useAddressState('kind');
  const [roles, setRoles] = useAddressState('roles');
  const [size, setSize] = useAddressState('size');
  const firstScopes = Math.min(200, Math.max(1, Number(size ?? 20) || 20));
  const kinds = matrixKinds.filter((known) => given?.split(',').includes(known));
  const variables: pageMatrixQuery['variables'] = {
    roles: roles === undefined ? null : roles.split('\n'),
    firstRoles: 30,
    firstScopes,
    any: kinds.length === 0,
    ...wantedKinds(kinds),
  };
  return (
    <Suspense fallback={<RowsSkeleton count={12} isCensus />}>
      <Matrix
        variables={variables}
        kinds={kinds}
        onKinds={(next) => setKind(next.join(','))}
        onRoles={(next) => setRoles(next.length === 0 ? undefined : next.join('\n'))}
        onSize={(next) => setSize(String(next))}
      />
    </Suspense>
  );
};

interface MatrixProps {
  readonly variables: pageMatrixQuery['variables'];
  readonly kinds: readonly MatrixKind[];
  readonly onKinds: (kinds: readonly string[]) => void;
  readonly onRoles: (roles: string[]) => void;
  readonly onSize: (size: number | string) => void;
}

const Matrix = ({ variables, kinds, onKinds, onRoles, onSize }: MatrixProps) => {
  const { census } = usePageQuery<pageMatrixQuery>(question, variables);
  const [pickedKinds, pickKinds] = usePicked(kinds, onKinds);
  const [pickedRoles, pickRoles] = usePicked(variables.roles ?? [], onRoles);
  const head = { title: 'Matrix', query: { text: pageQueryNode.params.text, variables } };
  if (census == null) return <PageHead {...head} about="The account could not be read as a whole." />;
  const { roles, scopeKinds } = census;
  const matrix = joinParts(
    (kinds.length === 0 ? [census.any] : kinds.map((kind) => census[fieldOfKind(kind)])).filter((part) => part != null),
  );
  const scopeCount = scopeKinds
    .filter(({ kind }) => kinds.length === 0 || kinds.some((known) => known === kind))
    .reduce((sum, { count }) => sum + count, 0);
  const leftOut = [
    [(roles.totalCount ?? 0) - matrix.roles.length, 'roles'] as const,
    [scopeCount - matrix.scopes.length, 'scopes'] as const,
  ].filter(([count]) => count > 0);
  return (
    <>
      <PageHead
        {...head}
        asOf={census.asOf}
        about={
          leftOut.length === 0
            ? 'Everything is shown.'
            : `Left out: ${leftOut.map(([count, what]) => `${countText(count)} ${what}`).join(' and ')} with fewer holders.`
        }
      >
        <SaveButton label="Export as CSV" make={() => Promise.resolve(fileOf(matrix))} />
      </PageHead>
      <Group gap="sm" align="end" mb="sm" className="no-print">
        <MultiSelect
          label="Roles"
          placeholder={variables.roles == null ? 'those with most holders' : ''}
          data={[...new Set(roles.nodes.map(({ name }) => name))]}
          value={pickedRoles}
          onChange={pickRoles}
          searchable
          clearable
          limit={50}
          w={{ base: '100%', xs: 360 }}
        />
        <MultiSelect
          label="Kinds of scope"
          placeholder={kinds.length === 0 ? 'any' : ''}
          data={scopeKinds.map(({ kind }) => ({ value: kind, label: kindWord(kind) }))}
          value={pickedKinds}
          onChange={pickKinds}
          clearable
          w={{ base: '100%', xs: 260 }}
        />
        <NumberInput
          label={kinds.length > 1 ? 'Of each kind' : 'Scopes'}
          value={variables.firstScopes ?? 20}
          onChange={onSize}
          min={1}
          max={200}
          step={10}
          w={100}
        />
      </Group>
      <MatrixTable matrix={matrix} />
      <Text size="xs" c="dimmed" mt="xs">
        A number is how many hold the role at just this scope. Who holds it everywhere is counted in the first column
        alone.
      </Text>
    </>
  );
};

/** The same numbers, turned: a row for each scope, as the heading of a column has no room for its kind and uuid. */
const fileOf = ({ roles, scopes, cells, everywhere }: JoinedMatrix) => ({
  name: csvName('matrix'),
  content: csvOf(
    ['scope_kind', 'scope_uuid', 'scope_name', ...roles.map(({ name }) => name)],
    [
      ['', '', 'everywhere', ...everywhere],
      ...scopes.map(({ kind, uuid, displayName }, column) => [
        kind,
        uuid,
        displayName,
        ...cells.map((row) => row[column] ?? 0),
      ]),
    ],
  ),
});
