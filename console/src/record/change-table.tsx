import { Badge, Group, Text } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { graphql, useFragment } from 'react-relay';
import { type Column, DataTable, type DataTableProps } from '../shared/data-table.tsx';
import { Everywhere, ScopeName, SubjectName } from '../shared/names.tsx';
import { RoleName } from '../shared/role-name.tsx';
import { exactMomentText, timeText } from '../shared/words.ts';
import type { changeTable_change$data, changeTable_change$key } from '../__generated__/changeTable_change.graphql';

export interface ChangeTableProps {
  readonly changes: changeTable_change$key;
  /** Ids of those that came while the list was looked at. */
  readonly fresh: ReadonlySet<string>;
  /** Left out where the page is about it. */
  readonly without?: 'subject' | 'scope';
  readonly more: NonNullable<DataTableProps<unknown>['more']>;
  readonly empty: string;
}

/** Changes of access, newest first, as the record has them. */
export const ChangeTable = ({ changes, fresh, without, more, empty }: ChangeTableProps) => {
  const rows = useFragment(
    graphql`
      fragment changeTable_change on AccessChange @relay(plural: true) {
        id
        kind
        roleName
        seenAt
        notBefore
        subject {
          id
          ...names_subject
        }
        scope {
          id
          ...names_scope
        }
      }
    `,
    changes,
  );
  const columns: readonly (Column<Change> | false)[] = [
    {
      header: 'Seen',
      width: '13.5rem',
      cell: ({ id, seenAt, notBefore }) => <Seen seenAt={seenAt} notBefore={notBefore} isFresh={fresh.has(id)} />,
    },
    { header: 'What', width: '7.5rem', cell: ({ kind }) => <What kind={kind} /> },
    without !== 'subject' && { header: 'Who', cell: ({ subject }) => <SubjectName subject={subject} /> },
    { header: 'Role', cell: ({ roleName }) => <RoleName name={roleName} /> },
    without !== 'scope' && {
      header: 'Where',
      cell: ({ scope }) => (scope == null ? <Everywhere /> : <ScopeName scope={scope} />),
    },
  ];
  return (
    <DataTable
      label="Changes"
      rows={rows}
      keyOf={({ id }) => id}
      more={more}
      empty={empty}
      columns={columns.filter((column) => column !== false)}
    />
  );
};

type Change = changeTable_change$data[number];

/** Upstream keeps no times: it happened between two censuses, and both are named. */
const Seen = ({
  seenAt,
  notBefore,
  isFresh,
}: {
  readonly seenAt: string;
  readonly notBefore: string;
  readonly isFresh: boolean;
}) => (
  <>
    <Group gap={8} wrap="nowrap">
      <Text size="sm" component="time" dateTime={seenAt}>
        {exactMomentText(seenAt)}
      </Text>
      {isFresh && (
        <Badge variant="light" data-fresh>
          new
        </Badge>
      )}
    </Group>
    <Text size="xs" c="dimmed">
      after{' '}
      <time dateTime={notBefore}>
        {isSameDay(seenAt, notBefore) ? timeText(notBefore) : exactMomentText(notBefore)}
      </time>
    </Text>
  </>
);

const isSameDay = (one: string, other: string): boolean =>
  new Date(one).toDateString() === new Date(other).toDateString();

/** Granted or revoked: a word, a sign and a colour. */
const What = ({ kind }: { readonly kind: string }) => {
  const isGranted = kind === 'GRANTED';
  const Icon = isGranted ? IconPlus : IconMinus;
  return (
    <Badge
      variant="light"
      color={isGranted ? 'green' : 'red'}
      leftSection={<Icon size={12} stroke={2.4} aria-hidden />}
      data-kind={kind}
    >
      {isGranted ? 'granted' : 'revoked'}
    </Badge>
  );
};
