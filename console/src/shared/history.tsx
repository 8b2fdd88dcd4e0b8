import { Text } from '@mantine/core';
import { graphql } from 'react-relay';
import { ChangeTable } from './change-table.tsx';
import { usePageQuery } from './use-page-query.ts';
import type { historyScopeQuery } from '../__generated__/historyScopeQuery.graphql';
import type { historySubjectQuery } from '../__generated__/historySubjectQuery.graphql';

/** What a subject got and lost, newest first. */
export const SubjectHistory = ({ id }: { readonly id: string }) => {
  const { node } = usePageQuery<historySubjectQuery>(
    graphql`
      query historySubjectQuery($id: ID!) {
        node(id: $id) {
          ... on Subject {
            history(first: 200) {
              totalCount
              ...changeTable_changes
            }
          }
        }
      }
    `,
    { id },
  );
  return node?.history == null ? <Nothing /> : <ChangeTable changes={node.history} />;
};

/** Who got and lost what at a scope, newest first. */
export const ScopeHistory = ({ id }: { readonly id: string }) => {
  const { node } = usePageQuery<historyScopeQuery>(
    graphql`
      query historyScopeQuery($id: ID!) {
        node(id: $id) {
          ... on Scope {
            history(first: 200) {
              totalCount
              ...changeTable_changes
            }
          }
        }
      }
    `,
    { id },
  );
  return node?.history == null ? <Nothing /> : <ChangeTable changes={node.history} />;
};

const Nothing = () => <Text c="dimmed">No history is recorded here.</Text>;
