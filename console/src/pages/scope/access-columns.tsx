import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Column } from '../../shared/data-table.tsx';
import { SubjectName } from '../../shared/names.tsx';
import { Reason } from '../../shared/reasons.tsx';
import { typeWord } from '../../shared/words.ts';
import type { names_subject$key } from '../../__generated__/names_subject.graphql';
import type { reasons_reason$key } from '../../__generated__/reasons_reason.graphql';

interface Line {
  readonly node: names_subject$key & { readonly type: string };
  readonly reasons: readonly reasons_reason$key[];
  /** What a heading above says already. Absent: nothing. */
  readonly by?: 'DIRECT' | 'INHERITED' | 'GLOBAL' | 'GROUP';
}

/** Somebody who has access, and why. `lineOf` gives what a row tells, undefined where it tells of nobody. */
export const accessColumns = <Row,>(lineOf: (row: Row) => Line | undefined): readonly Column<Row>[] => {
  const cell =
    (show: (line: Line) => ReactNode) =>
    (row: Row): ReactNode => {
      const line = lineOf(row);
      return line === undefined ? null : show(line);
    };
  return [
    { header: 'Who', width: '30%', cell: cell(({ node }) => <SubjectName subject={node} />) },
    {
      header: 'Type',
      width: '9rem',
      isMinor: true,
      cell: cell(({ node }) => <Text size="sm">{typeWord(node.type)}</Text>),
    },
    {
      header: 'Why',
      cell: cell(({ reasons, by }) => (
        <Stack gap={2}>
          {reasons.map((reason, index) => (
            <Reason
              key={index}
              reason={reason}
              isWaySaid={by !== undefined && by !== 'GROUP'}
              isGroupSaid={by === 'GROUP'}
            />
          ))}
        </Stack>
      )),
    },
  ];
};
