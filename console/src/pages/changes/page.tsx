import { Group, SegmentedControl, Text } from '@mantine/core';
import { type ReactNode, Suspense, useCallback } from 'react';
import { graphql } from 'react-relay';
import type { ToldChange } from '../../record/follow-changes.ts';
import { LiveBar } from '../../record/live-bar.tsx';
import { NoRecord } from '../../record/no-record.tsx';
import { RecordBoundary } from '../../record/record-boundary.tsx';
import { useHasRecord } from '../../record/has-record.ts';
import { useLiveChanges } from '../../record/use-live-changes.ts';
import { useAddressState } from '../../shared/address-state.ts';
import { PageHead } from '../../shared/page-head.tsx';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { ChangeList } from './change-list.tsx';
import { ChangesExport, HeldThenExport } from './changes-export.tsx';
import { type ChangeFilters, Filters, useChangeFilters } from './filters.tsx';
import { HeldThen, heldThenText } from './held-then.tsx';
import pageQueryNode from '../../__generated__/pageChangesQuery.graphql';

void graphql`
  query pageChangesQuery(
    $subject: SubjectInput
    $roleName: String
    $scope: ScopeInput
    $kinds: [ChangeKind!]
    $since: DateTime
    $until: DateTime
  ) {
    ...changeList_query
      @arguments(subject: $subject, roleName: $roleName, scope: $scope, kinds: $kinds, since: $since, until: $until)
  }
`;

/** Who got or lost what, newest first and live; and who held what on a day. */
export const Page = () => {
  const has = useHasRecord();
  const [view, setView] = useAddressState('view');
  const filters = useChangeFilters();
  if (has === undefined) return <RowsSkeleton count={12} />;
  if (!has)
    return (
      <>
        <PageHead title="Changes" />
        <NoRecord />
      </>
    );
  const isThen = view === 'then';
  const above = (
    <>
      <Group mb="sm" className="no-print">
        <SegmentedControl
          aria-label="View"
          data={[
            { value: 'changes', label: 'What changed' },
            { value: 'then', label: 'As it was' },
          ]}
          value={isThen ? 'then' : 'changes'}
          onChange={(next) => setView(next === 'changes' ? undefined : next)}
        />
      </Group>
      <Filters isThen={isThen} />
    </>
  );
  return isThen ? <Then filters={filters} above={above} /> : <Changed filters={filters} above={above} />;
};

interface ViewProps {
  readonly filters: ChangeFilters;
  readonly above: ReactNode;
}

const Changed = ({ filters: { changes, isNarrowed }, above }: ViewProps) => {
  const { subject, roleName, scope, kinds, since, until } = changes;
  const isWanted = useCallback(
    ({ kind, seenAt }: ToldChange) =>
      (kinds?.includes(kind) ?? true) &&
      (since == null || Date.parse(seenAt) >= Date.parse(since)) &&
      (until == null || Date.parse(seenAt) < Date.parse(until)),
    [kinds, since, until],
  );
  const live = useLiveChanges({ subject: subject ?? null, roleName: roleName ?? null, scope: scope ?? null }, isWanted);
  const question = JSON.stringify(changes);
  return (
    <>
      <PageHead
        title="Changes"
        about={<LiveBar live={live} />}
        query={{ text: pageQueryNode.params.text, variables: changes }}
      >
        <ChangesExport variables={changes} />
      </PageHead>
      {above}
      <RecordBoundary question={question}>
        <Suspense fallback={<RowsSkeleton count={12} />}>
          <ChangeList
            key={question}
            variables={changes}
            reading={live.reading}
            fresh={live.fresh}
            isNarrowed={isNarrowed}
          />
        </Suspense>
      </RecordBoundary>
    </>
  );
};

const Then = ({ filters: { changes, time }, above }: ViewProps) => {
  const { subject, roleName, scope } = changes;
  const variables = time === undefined ? undefined : { time, subject, roleName, scope };
  const question = JSON.stringify(variables);
  return (
    <>
      <PageHead
        title="Changes"
        about="Who held which role where, on a day of the record."
        {...(variables !== undefined && { query: { text: heldThenText, variables } })}
      >
        {variables !== undefined && <HeldThenExport variables={variables} />}
      </PageHead>
      {above}
      {variables === undefined ? (
        <Text c="dimmed">Choose a day and a time.</Text>
      ) : (
        <RecordBoundary question={question}>
          <Suspense fallback={<RowsSkeleton count={12} />}>
            <HeldThen key={question} variables={variables} />
          </Suspense>
        </RecordBoundary>
      )}
    </>
  );
};
