import { Anchor, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { ScopeName } from '../../shared/names.tsx';
import { RoleName } from '../../shared/role-name.tsx';
import { useIsPrinting } from '../../shared/use-printing.ts';
import { countText } from '../../shared/words.ts';
import classes from './matrix.module.css';
import type { JoinedMatrix } from './parts.ts';

/** So many scopes stand beside each other on paper, which cannot be scrolled. */
const scopesOnPaper = 5;

/** Roles by scopes. Wider than the screen it is scrolled; on paper it goes on below itself. */
export const MatrixTable = ({ matrix }: { readonly matrix: JoinedMatrix }) => {
  const isPrinting = useIsPrinting();
  const width = isPrinting ? scopesOnPaper : matrix.scopes.length;
  const starts = Array.from(
    { length: Math.max(1, Math.ceil(matrix.scopes.length / width)) },
    (_, index) => index * width,
  );
  return (
    <div className={classes['scroll']} tabIndex={0} role="region" aria-label="Matrix of roles and scopes">
      {starts.map((start) => (
        <Part key={start} matrix={matrix} start={start} end={start + width} isBrief={!isPrinting} />
      ))}
    </div>
  );
};

interface PartProps {
  readonly matrix: JoinedMatrix;
  readonly start: number;
  readonly end: number;
  /** Of a uuid only its beginning. */
  readonly isBrief: boolean;
}

/** The columns from `start` to before `end`. Those who hold a role everywhere stand before the first ones alone. */
const Part = ({ matrix: { roles, scopes, cells, everywhere }, start, end, isBrief }: PartProps) => {
  const most = Math.max(1, ...cells.flat(), ...everywhere);
  const isFirst = start === 0;
  const shown = scopes.slice(start, end);
  return (
    <Table withColumnBorders verticalSpacing={4} className={classes['matrix']}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col" className={classes['role']}>
            Role
          </Table.Th>
          {isFirst && <Table.Th scope="col">everywhere</Table.Th>}
          {shown.map((scope) => (
            <Table.Th key={scope.id} scope="col" className={classes['scope']}>
              <ScopeName scope={scope} isBrief={isBrief} />
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {roles.map(({ id, name }, row) => (
          <Table.Tr key={id}>
            <Table.Th scope="row" className={classes['role']}>
              <RoleName name={name} isBrief={isBrief} />
            </Table.Th>
            {isFirst && (
              <Cell
                count={everywhere[row] ?? 0}
                most={most}
                address={`/subjects?${new URLSearchParams({ role: name, everywhere: 'only' })}`}
              />
            )}
            {shown.map((scope, column) => (
              <Cell
                key={scope.id}
                count={cells[row]?.[start + column] ?? 0}
                most={most}
                address={`/subjects?${new URLSearchParams({ role: name, scope: `${fieldOf(scope.kind)}:${scope.uuid}` })}`}
              />
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
};

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
