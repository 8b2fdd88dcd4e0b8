import { Anchor, MultiSelect, NumberInput, Group, Select, Table, Text } from '@mantine/core';
import { Suspense } from 'react';
import { graphql } from 'react-relay';
import { Link } from 'react-router';
import { useAddressState } from '../../shared/address-state.ts';
import { ScopeName } from '../../shared/names.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { csvName, csvOf } from '../../shared/csv.ts';
import { RoleName } from '../../shared/role-name.tsx';
import { SaveButton } from '../../shared/save-button.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { countText, kindWord } from '../../shared/words.ts';
import classes from './matrix.module.css';
import pageQueryNode, { type pageMatrixQuery, type ScopeKind } from '../../__generated__/pageMatrixQuery.graphql';

const question = graphql`
  query pageMatrixQuery($roles: [String!], $kind: ScopeKind, $firstRoles: Int, $firstScopes: Int) {
    census {
      asOf
      matrix(roles: $roles, kind: $kind, firstRoles: $firstRoles, firstScopes: $firstScopes) {
        cells
        everywhere
        roles {
          id
          name
        }
        scopes {
          id
          kind
          uuid
          displayName
          ...names_scope
        }
      }
      roles(first: 200) {
        totalCount
        nodes {
          id
          name
        }
      }
      scopes(first: 0, kind: $kind) {
        totalCount
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
  const [kind, setKind] = useAddressState('kind');
  const [roles, setRoles] = useAddressState('roles');
  const [size, setSize] = useAddressState('size');
  const firstScopes = Math.min(200, Math.max(1, Number(size ?? 20) || 20));
  const variables: pageMatrixQuery['variables'] = {
    roles: roles === undefined ? null : roles.split('\n'),
    kind: (kind as ScopeKind | undefined) ?? null,
    firstRoles: 30,
    firstScopes,
  };
  return (
    <Suspense fallback={<RowsSkeleton count={12} isCensus />}>
      <Matrix
        variables={variables}
        onKind={(next) => setKind(next ?? undefined)}
        onRoles={(next) => setRoles(next.length === 0 ? undefined : next.join('\n'))}
        onSize={(next) => setSize(String(next))}
      />
    </Suspense>
  );
};

interface MatrixProps {
  readonly variables: pageMatrixQuery['variables'];
  readonly onKind: (kind: string | null) => void;
  readonly onRoles: (roles: string[]) => void;
  readonly onSize: (size: number | string) => void;
}

const Matrix = ({ variables, onKind, onRoles, onSize }: MatrixProps) => {
  const { census } = usePageQuery<pageMatrixQuery>(question, variables);
  const head = { title: 'Matrix', query: { text: pageQueryNode.params.text, variables } };
  if (census == null) return <PageHead {...head} about="The account could not be read as a whole." />;
  const { matrix, roles, scopes, scopeKinds } = census;
  const most = Math.max(1, ...matrix.cells.flat(), ...matrix.everywhere);
  const leftOut = [
    [(roles.totalCount ?? 0) - matrix.roles.length, 'roles'] as const,
    [(scopes.totalCount ?? 0) - matrix.scopes.length, 'scopes'] as const,
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
          value={[...(variables.roles ?? [])]}
          onChange={onRoles}
          searchable
          clearable
          limit={50}
          w={{ base: '100%', xs: 360 }}
        />
        <Select
          label="Kind of scope"
          placeholder="any"
          data={scopeKinds.map(({ kind }) => ({ value: kind, label: kindWord(kind) }))}
          value={variables.kind ?? null}
          onChange={onKind}
          clearable
          w={180}
        />
        <NumberInput
          label="Scopes"
          value={variables.firstScopes ?? 20}
          onChange={onSize}
          min={1}
          max={200}
          step={10}
          w={100}
        />
      </Group>
      <div className={classes['scroll']} tabIndex={0} role="region" aria-label="Matrix of roles and scopes">
        <Table withColumnBorders verticalSpacing={4} className={classes['matrix']}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" className={classes['role']}>
                Role
              </Table.Th>
              <Table.Th scope="col">everywhere</Table.Th>
              {matrix.scopes.map((scope) => (
                <Table.Th key={scope.id} scope="col" className={classes['scope']}>
                  <ScopeName scope={scope} isBrief />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {matrix.roles.map(({ id, name }, row) => (
              <Table.Tr key={id}>
                <Table.Th scope="row" className={classes['role']}>
                  <RoleName name={name} isBrief />
                </Table.Th>
                <Cell
                  count={matrix.everywhere[row] ?? 0}
                  most={most}
                  address={`/subjects?${new URLSearchParams({ role: name, everywhere: 'only' })}`}
                />
                {matrix.scopes.map((scope, column) => (
                  <Cell
                    key={scope.id}
                    count={matrix.cells[row]?.[column] ?? 0}
                    most={most}
                    address={`/subjects?${new URLSearchParams({ role: name, scope: `${fieldOf(scope.kind)}:${scope.uuid}` })}`}
                  />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Text size="xs" c="dimmed" mt="xs">
        A number is how many hold the role at just this scope. Who holds it everywhere is counted in the first column
        alone.
      </Text>
    </>
  );
};

type MatrixData = NonNullable<pageMatrixQuery['response']['census']>['matrix'];

/** The same numbers, turned: a row for each scope, as the heading of a column has no room for its kind and uuid. */
const fileOf = ({ roles, scopes, cells, everywhere }: MatrixData) => ({
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

const fieldOf = (kind: string): string =>
  `${kind.toLowerCase().replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())}Uuid`;

const Cell = ({
  count,
  most,
  address,
}: {
  readonly count: number;
  readonly most: number;
  readonly address: string;
}) => (
  <Table.Td className={classes['cell']} style={{ '--share': count === 0 ? 0 : 0.08 + 0.5 * Math.sqrt(count / most) }}>
    {count === 0 ? (
      <Text size="xs" c="dimmed" component="span" aria-label="none">
        ·
      </Text>
    ) : (
      <Anchor component={Link} to={address} size="sm" c="inherit">
        {countText(count)}
      </Anchor>
    )}
  </Table.Td>
);
