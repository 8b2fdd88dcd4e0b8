import { ActionIcon, Group, Loader, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import classes from './data-table.module.css';
import { Empty } from './empty.tsx';
import { Failed } from './route-error.tsx';
import { useIsPrinting } from './use-printing.ts';
import { type ReactNode, useEffect, useRef, useState } from 'react';

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly width?: string;
  /** Present: the heading sorts. */
  readonly sort?: { readonly direction: 'ASC' | 'DESC' | undefined; readonly toggle: () => void };
  /** Left out where there is little room. */
  readonly isMinor?: boolean;
  /** Counts: to the right, with figures of one width. */
  readonly isNumber?: boolean;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string;
  /** What a row says across all columns, where it heads the rows below it. Undefined for a row of its own. */
  readonly headingOf?: (row: Row) => ReactNode;
  /** What Relay's pagination gives. Absent: everything is there. */
  readonly more?: {
    readonly hasNext: boolean;
    readonly isLoadingNext: boolean;
    readonly loadNext: (count: number, options: { readonly onComplete: (error: Error | null) => void }) => void;
  };
  readonly empty?: ReactNode;
}

const rowHeight = 46;
/** So many rows more at a time. */
const rowsAtOnce = 200;

/** A table of any length: only the rows in sight are in the page, and the next ones are asked for before they come into it. */
export const DataTable = <Row,>({ label, columns, rows, keyOf, headingOf, more, empty }: DataTableProps<Row>) => {
  const body = useRef<HTMLTableSectionElement>(null);
  const [offset, setOffset] = useState(0);
  const isPrinting = useIsPrinting();
  useEffect(() => setOffset(body.current === null ? 0 : body.current.getBoundingClientRect().top + window.scrollY), []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => keyOf(rows[index] as Row, index),
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    // What failed is not asked again by itself: that would never end.
    if (failure !== null || more === undefined || !more.hasNext || more.isLoadingNext) return;
    if (last >= rows.length - 20) more.loadNext(rowsAtOnce, { onComplete: setFailure });
  }, [more, failure, last, rows.length]);

  if (rows.length === 0 && more?.isLoadingNext !== true) return <Empty>{empty ?? 'Nothing here.'}</Empty>;
  const shown = isPrinting ? rows.map((_, index) => index) : items.map(({ index }) => index);
  const above = isPrinting ? 0 : (items[0]?.start ?? offset) - offset;
  const below = isPrinting ? 0 : virtualizer.getTotalSize() - ((items.at(-1)?.end ?? offset) - offset);
  return (
    <>
      <Table
        highlightOnHover
        stickyHeader
        stickyHeaderOffset={56}
        className={classes.table}
        aria-label={label}
        aria-rowcount={more?.hasNext === true ? -1 : rows.length + 1}
        layout="fixed"
        verticalSpacing={6}
      >
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th
                key={column.header}
                w={column.width}
                mod={{ number: column.isNumber === true }}
                {...(column.isMinor === true && { visibleFrom: 'sm' })}
                aria-sort={column.sort === undefined ? undefined : ariaSort(column.sort.direction)}
              >
                {column.sort === undefined ? column.header : <SortButton header={column.header} {...column.sort} />}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody ref={body}>
          {above > 0 && <tr aria-hidden style={{ height: above }} />}
          {shown.map((index) => {
            const row = rows[index] as Row;
            const heading = headingOf?.(row);
            return (
              <Table.Tr
                key={keyOf(row, index)}
                data-index={index}
                ref={virtualizer.measureElement}
                aria-rowindex={index + 2}
              >
                {heading === undefined ? (
                  columns.map((column) => (
                    <Table.Td
                      key={column.header}
                      data-label={column.header}
                      mod={{ number: column.isNumber === true }}
                      {...(column.isMinor === true && { visibleFrom: 'sm' })}
                    >
                      <div>{column.cell(row)}</div>
                    </Table.Td>
                  ))
                ) : (
                  <Table.Th colSpan={columns.length} className={classes.heading}>
                    {heading}
                  </Table.Th>
                )}
              </Table.Tr>
            );
          })}
          {below > 0 && <tr aria-hidden style={{ height: below }} />}
        </Table.Tbody>
      </Table>
      {failure !== null && <Failed error={failure} onRetry={() => setFailure(null)} />}
      {more?.isLoadingNext === true && (
        <Group justify="center" p="sm" role="status" aria-label="Loading more">
          <Loader size="sm" />
        </Group>
      )}
    </>
  );
};

const ariaSort = (direction: 'ASC' | 'DESC' | undefined): 'ascending' | 'descending' | 'none' =>
  direction === undefined ? 'none' : direction === 'ASC' ? 'ascending' : 'descending';

const SortButton = ({
  header,
  direction,
  toggle,
}: {
  readonly header: string;
  readonly direction: 'ASC' | 'DESC' | undefined;
  readonly toggle: () => void;
}) => (
  <UnstyledButton onClick={toggle} fz="inherit" fw="inherit">
    <Group gap={4} wrap="nowrap">
      {header}
      {direction !== undefined && (
        <ActionIcon component="span" size="xs" variant="transparent" color="gray" aria-hidden>
          {direction === 'ASC' ? <IconArrowUp size={14} /> : <IconArrowDown size={14} />}
        </ActionIcon>
      )}
    </Group>
  </UnstyledButton>
);
