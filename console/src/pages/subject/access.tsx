import { Stack, Text } from '@mantine/core';
import { graphql, usePaginationFragment } from 'react-relay';
import { DataTable } from '../../shared/data-table.tsx';
import { Gaps } from '../../shared/gaps.tsx';
import { Everywhere, ScopeName } from '../../shared/names.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { Reason } from '../../shared/reasons.tsx';
import { RoleName } from '../../shared/role-name.tsx';
import { useTabQuery } from '../../shared/open-query.tsx';
import { countText, momentText } from '../../shared/words.ts';
import type { access_subject$key } from '../../__generated__/access_subject.graphql';
import type { accessListQuery } from '../../__generated__/accessListQuery.graphql';
import type { accessQuery } from '../../__generated__/accessQuery.graphql';

/** What a subject can reach, by itself and through its groups, and why. */
export const Access = ({ id }: { readonly id: string }) => {
  const { node } = useTabQuery<accessQuery>(
    graphql`
      query accessQuery($id: ID!) {
        node(id: $id) {
          ...access_subject @alias(as: "subject")
        }
      }
    `,
    { id },
  );
  return node?.subject == null ? null : <List subject={node.subject} />;
};

const List = ({ subject }: { readonly subject: access_subject$key }) => {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<accessListQuery, access_subject$key>(
    graphql`
      fragment access_subject on Subject
      @refetchable(queryName: "accessListQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" }) {
        access(first: $count, after: $cursor) @connection(key: "access_subject_access") {
          asOf
          gaps
          totalCount
          edges {
            node {
              id
              name
            }
            scope {
              id
              ...names_scope
            }
            reasons {
              ...reasons_reason
            }
          }
        }
      }
    `,
    subject,
  );
  const { access } = data;
  if (access == null) return <NotTold>What this subject can reach</NotTold>;
  return (
    <>
      <Gaps gaps={access.gaps} />
      <Text size="sm" c="dimmed" mb={4}>
        {countText(access.totalCount)} grants reach this subject, as of {momentText(access.asOf)}. Scopes below these
        are reached too.
      </Text>
      <DataTable
        label="What this subject can reach"
        rows={access.edges}
        keyOf={({ node, scope }, index) => `${node.id} ${scope?.id ?? ''} ${index}`}
        more={{ hasNext, isLoadingNext, loadNext }}
        empty="Nothing: no role is held, directly or through a group."
        columns={[
          {
            header: 'Role',
            width: '25%',
            cell: ({ node }) => <RoleName name={node.name} />,
          },
          {
            header: 'At',
            width: '30%',
            cell: ({ scope }) => (scope == null ? <Everywhere /> : <ScopeName scope={scope} />),
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
