import { Group, SegmentedControl } from '@mantine/core';
import { Suspense } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { useAddressState } from '../../shared/address-state.ts';
import { DataTable } from '../../shared/data-table.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { useTabQuery } from '../../shared/open-query.tsx';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { AccessByWay } from './access-by-way.tsx';
import { accessColumns } from './access-columns.tsx';
import { AccessSummary } from './access-summary.tsx';
import { isWay, type Way, ways } from './ways.ts';
import type { whoHasAccess_scope$key } from '../../__generated__/whoHasAccess_scope.graphql';
import type { whoHasAccessListQuery } from '../../__generated__/whoHasAccessListQuery.graphql';
import type { whoHasAccessQuery } from '../../__generated__/whoHasAccessQuery.graphql';

/** Everybody who can act at a scope and why: below the ways in which they can, or those of one way in one list of any length. */
export const WhoHasAccess = ({ id }: { readonly id: string }) => {
  const [given, setWay] = useAddressState('way');
  const way = isWay(given) ? given : undefined;
  return (
    <>
      <Group mb="sm" className="no-print">
        <SegmentedControl
          aria-label="How"
          data={[{ value: 'ALL', label: 'all' }, ...ways]}
          value={way ?? 'ALL'}
          onChange={(next) => setWay(next === 'ALL' ? undefined : next)}
        />
      </Group>
      <Suspense fallback={<RowsSkeleton count={8} isCensus />}>
        {way === undefined ? <AccessByWay id={id} /> : <InOneWay key={way} id={id} way={way} />}
      </Suspense>
    </>
  );
};

const InOneWay = ({ id, way }: { readonly id: string; readonly way: Way }) => {
  const { node } = useTabQuery<whoHasAccessQuery>(
    graphql`
      query whoHasAccessQuery($id: ID!, $reasons: [ReasonKind!]) {
        node(id: $id) {
          ...whoHasAccess_scope @arguments(reasons: $reasons) @alias(as: "scope")
        }
      }
    `,
    { id, reasons: [way] },
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
      <AccessSummary {...access} />
      <DataTable
        label="Who has access here"
        rows={access.edges}
        keyOf={({ node }) => node.id}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty="Nobody, as far as is known."
        columns={accessColumns((edge: (typeof access.edges)[number]) => edge)}
      />
    </>
  );
};
