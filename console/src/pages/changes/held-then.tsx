import { Text } from '@mantine/core';
import { graphql, usePaginationFragment } from 'react-relay';
import { NoRecord } from '../../record/no-record.tsx';
import { useRecordQuery } from '../../record/use-record-query.ts';
import { DataTable } from '../../shared/data-table.tsx';
import { Everywhere, ScopeName, SubjectName } from '../../shared/names.tsx';
import { RoleName } from '../../shared/role-name.tsx';
import { countText, exactMomentText } from '../../shared/words.ts';
import type { heldThen_query$key } from '../../__generated__/heldThen_query.graphql';
import heldThenQueryNode, { type heldThenQuery } from '../../__generated__/heldThenQuery.graphql';
import type { heldThenPageQuery } from '../../__generated__/heldThenPageQuery.graphql';

export const heldThenText: string | null = heldThenQueryNode.params.text;

void graphql`
  query heldThenQuery($time: DateTime!, $subject: SubjectInput, $roleName: String, $scope: ScopeInput) {
    ...heldThen_query @arguments(time: $time, subject: $subject, roleName: $roleName, scope: $scope)
  }
`;

/** Who held which role where at a moment, as the last census until then showed it. */
export const HeldThen = ({ variables }: { readonly variables: heldThenQuery['variables'] }) => {
  const query = useRecordQuery<heldThenQuery>(heldThenQueryNode, variables);
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<heldThenPageQuery, heldThen_query$key>(
    graphql`
      fragment heldThen_query on Query
      @refetchable(queryName: "heldThenPageQuery")
      @argumentDefinitions(
        time: { type: "DateTime!" }
        subject: { type: "SubjectInput" }
        roleName: { type: "String" }
        scope: { type: "ScopeInput" }
        count: { type: "Int", defaultValue: 50 }
        cursor: { type: "String" }
      ) {
        record {
          latest
          assignmentsAt(
            time: $time
            first: $count
            after: $cursor
            subject: $subject
            roleName: $roleName
            scope: $scope
          ) @connection(key: "heldThen_assignmentsAt") {
            totalCount
            edges {
              node {
                subject {
                  id
                  ...names_subject
                }
                roleName
                scope {
                  id
                  ...names_scope
                }
                from
                until
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
  const { latest, assignmentsAt: held } = record;
  const isAfter = Date.parse(variables.time) > Date.parse(latest);
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {held.totalCount === 1 ? '1 role was' : `${countText(held.totalCount)} roles were`} held on{' '}
        <time dateTime={variables.time}>{exactMomentText(variables.time)}</time>
        {isAfter && <>, as the last census showed, on {exactMomentText(latest)}</>}. Names are those of today.
      </Text>
      <DataTable
        label="Held then"
        rows={held.edges}
        keyOf={({ node }, index) => `${node.subject.id} ${node.roleName} ${node.scope?.id ?? ''} ${index}`}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty="Nothing of this kind was held then."
        columns={[
          { header: 'Who', cell: ({ node }) => <SubjectName subject={node.subject} /> },
          { header: 'Role', cell: ({ node }) => <RoleName name={node.roleName} /> },
          {
            header: 'Where',
            cell: ({ node }) => (node.scope == null ? <Everywhere /> : <ScopeName scope={node.scope} />),
          },
          {
            header: 'From',
            width: '13.5rem',
            isMinor: true,
            cell: ({ node }) => <Moment iso={node.from} />,
          },
          {
            header: 'Until',
            width: '13.5rem',
            cell: ({ node }) => (node.until == null ? <Text size="sm">held still</Text> : <Moment iso={node.until} />),
          },
        ]}
      />
    </>
  );
};

const Moment = ({ iso }: { readonly iso: string }) => (
  <Text size="sm" component="time" dateTime={iso}>
    {exactMomentText(iso)}
  </Text>
);
