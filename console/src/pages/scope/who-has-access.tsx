import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { Suspense } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { useAddressState } from '../../shared/address-state.ts';
import { DataTable } from '../../shared/data-table.tsx';
import { Gaps } from '../../shared/gaps.tsx';
import { SubjectName } from '../../shared/names.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { Reason } from '../../shared/reasons.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { countText, momentText, typeWord } from '../../shared/words.ts';
import type { whoHasAccess_scope$key } from '../../__generated__/whoHasAccess_scope.graphql';
import type { whoHasAccessListQuery } from '../../__generated__/whoHasAccessListQuery.graphql';
import type { whoHasAccessQuery } from '../../__generated__/whoHasAccessQuery.graphql';

const ways = [
  { value: 'ALL', label: 'all' },
  { value: 'DIRECT', label: 'direct' },
  { value: 'INHERITED', label: 'from above' },
  { value: 'GLOBAL', label: 'everywhere' },
] as const;
type Way = (typeof ways)[number]['value'];
const isWay = (text: string | undefined): text is Way => ways.some(({ value }) => value === text);

/** Everybody who can act at a scope, each with every reason. */
export const WhoHasAccess = ({ id }: { readonly id: string }) => {
  const [given, setWay] = useAddressState('way');
  const way = isWay(given) ? given : 'ALL';
  return (
    <>
      <Group mb="sm" className="no-print">
        <SegmentedControl
          aria-label="How"
          data={[...ways]}
          value={way}
          onChange={(next) => setWay(next === 'ALL' ? undefined : next)}
        />
      </Group>
      <Suspense fallback={<RowsSkeleton count={8} isCensus />}>
        <Asked key={way} id={id} way={way} />
      </Suspense>
    </>
  );
};

const Asked = ({ id, way }: { readonly id: string; readonly way: Way }) => {
  const { node } = usePageQuery<whoHasAccessQuery>(
    graphql`
      query whoHasAccessQuery($id: ID!, $reasons: [ReasonKind!]) {
        node(id: $id) {
          ...whoHasAccess_scope @arguments(reasons: $reasons) @alias(as: "scope")
        }
      }
    `,
    { id, reasons: way === 'ALL' ? null : [way] },
  );
  return node?.scope == null ? null : <List scope={node.scope} />;
};

const List = ({ scope }: { readonly scope: whoHasAccess_scope$key }) => {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<
    whoHasAccessListQuery,
    whoHasAccess_scope$key
  >(
    graphql`
      fragment whoHasAccess_scope on Scope
      @refetchable(queryName: "whoHasAccessListQuery")
      @argumentDefinitions(
        reasons: { type: "[ReasonKind!]" }
        count: { type: "Int", defaultValue: 50 }
        cursor: { type: "String" }
      ) {
        access(first: $count, after: $cursor, reasons: $reasons) @connection(key: "whoHasAccess_scope_access") {
          asOf
          gaps
          totalCount
          edges {
            node {
              id
              type
              ...names_subject
            }
            reasons {
              ...reasons_reason
            }
          }
        }
      }
    `,
    scope,
  );
  const { access } = data;
  if (access == null) return <NotTold>Who has access here</NotTold>;
  return (
    <>
      <Gaps gaps={access.gaps} />
      <Text size="sm" c="dimmed" mb={4}>
        {countText(access.totalCount)} subjects, as of {momentText(access.asOf)}
      </Text>
      <DataTable
        label="Who has access here"
        rows={access.edges}
        keyOf={({ node }) => node.id}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty="Nobody, as far as is known."
        columns={[
          { header: 'Who', width: '30%', cell: ({ node }) => <SubjectName subject={node} /> },
          {
            header: 'Type',
            width: '9rem',
            isMinor: true,
            cell: ({ node }) => <Text size="sm">{typeWord(node.type)}</Text>,
          },
          {
            header: 'Why',
            cell: ({ reasons }) => (
              <Stack gap={2}>
                {reasons.map((reason, index) => (
                  <Reason key={index} reason={reason} />
                ))}
              </Stack>
            ),
          },
        ]}
      />
    </>
  );
};
