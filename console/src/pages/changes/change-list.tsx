import { Text } from '@mantine/core';
import { graphql, usePaginationFragment } from 'react-relay';
import { ChangeTable } from '../../record/change-table.tsx';
import { NoRecord } from '../../record/no-record.tsx';
import { useRecordQuery } from '../../record/use-record-query.ts';
import { countText, exactMomentText } from '../../shared/words.ts';
import type { changeList_query$key } from '../../__generated__/changeList_query.graphql';
import type { changeListPageQuery } from '../../__generated__/changeListPageQuery.graphql';
import pageQueryNode, { type pageChangesQuery } from '../../__generated__/pageChangesQuery.graphql';

interface ChangeListProps {
  readonly variables: pageChangesQuery['variables'];
  readonly reading: number;
  readonly fresh: ReadonlySet<string>;
  readonly isNarrowed: boolean;
}

/** Who got or lost what, newest first. */
export const ChangeList = ({ variables, reading, fresh, isNarrowed }: ChangeListProps) => {
  const query = useRecordQuery<pageChangesQuery>(pageQueryNode, variables, reading);
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<changeListPageQuery, changeList_query$key>(
    graphql`
      fragment changeList_query on Query
      @refetchable(queryName: "changeListPageQuery")
      @argumentDefinitions(
        subject: { type: "SubjectInput" }
        roleName: { type: "String" }
        scope: { type: "ScopeInput" }
        kinds: { type: "[ChangeKind!]" }
        since: { type: "DateTime" }
        until: { type: "DateTime" }
        count: { type: "Int", defaultValue: 50 }
        cursor: { type: "String" }
      ) {
        record {
          since
          latest
          changes(
            first: $count
            after: $cursor
            subject: $subject
            roleName: $roleName
            scope: $scope
            kinds: $kinds
            since: $since
            until: $until
          ) @connection(key: "changeList_changes") {
            totalCount
            edges {
              node {
                id
                ...changeTable_change
              }
            }
          }
        }
      }
    `,
    query,
  );
  const { record } = data;
  if (record == null) return <NoRecord />;
  const { since, latest, changes } = record;
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {changes.totalCount === 1 ? '1 change' : `${countText(changes.totalCount)} changes`}
        {isNarrowed ? ' of this kind' : ''}. The record begins on <time dateTime={since}>{exactMomentText(since)}</time>
        ; its last census was on <time dateTime={latest}>{exactMomentText(latest)}</time>.
      </Text>
      <ChangeTable
        changes={changes.edges.map(({ node }) => node)}
        fresh={fresh}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty={isNarrowed ? 'Nothing of this kind has changed.' : 'Nothing has changed since the record began.'}
      />
    </>
  );
};
