import { Badge, Text } from '@mantine/core';
import { graphql, useFragment } from 'react-relay';
import { DataTable } from './data-table.tsx';
import { Everywhere, ScopeName, SubjectName } from './names.tsx';
import { momentText } from './words.ts';
import type { changeTable_changes$key } from '../__generated__/changeTable_changes.graphql';

/** Changes of access, newest first, as the record has them. */
export const ChangeTable = ({ changes }: { readonly changes: changeTable_changes$key }) => {
  const { nodes } = useFragment(
    graphql`
      fragment changeTable_changes on AccessChangeConnection {
        nodes {
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
      }
    `,
    changes,
  );
  return (
    <DataTable
      label="Changes"
      rows={nodes}
      keyOf={({ id }) => id}
      empty="Nothing has changed since the record began."
      columns={[
        {
          header: 'When',
          width: '13rem',
          cell: ({ seenAt, notBefore }) => (
            <Text size="sm" title={`after ${momentText(notBefore)}`}>
              {momentText(seenAt)}
            </Text>
          ),
        },
        {
          header: 'What',
          width: '8rem',
          cell: ({ kind }) => (
            <Badge size="sm" variant="light" tt="none" color={kind === 'GRANTED' ? 'green' : 'red'}>
              {kind.toLowerCase()}
            </Badge>
          ),
        },
        { header: 'Who', cell: ({ subject }) => <SubjectName subject={subject} /> },
        { header: 'Role', cell: ({ roleName }) => <Text size="sm">{roleName}</Text> },
        { header: 'Where', cell: ({ scope }) => (scope == null ? <Everywhere /> : <ScopeName scope={scope} />) },
      ]}
    />
  );
};
