import { Button, Group, Text } from '@mantine/core';
import { Suspense, useState } from 'react';
import { graphql } from 'react-relay';
import { ChangeTable } from '../../shared/change-table.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { countText, momentText } from '../../shared/words.ts';
import { useLiveChanges } from './live.ts';
import pageQueryNode, { type pageChangesQuery } from '../../__generated__/pageChangesQuery.graphql';

const question = graphql`
  query pageChangesQuery {
    record {
      since
      latest
      changes(first: 200) {
        totalCount
        ...changeTable_changes
      }
    }
  }
`;

/** Who got or lost what, newest first, and live. */
export const Page = () => {
  const [anew, setAnew] = useState(0);
  const arrived = useLiveChanges(anew);
  return (
    <>
      <PageHead title="Changes" query={{ text: pageQueryNode.params.text, variables: {} }} />
      {arrived > 0 && (
        <Group mb="sm" role="status">
          <Button size="xs" variant="light" onClick={() => setAnew((count) => count + 1)}>
            {countText(arrived)} new: show
          </Button>
        </Group>
      )}
      <Suspense fallback={<RowsSkeleton count={10} />}>
        <List anew={anew} />
      </Suspense>
    </>
  );
};

const List = ({ anew }: { readonly anew: number }) => {
  const { record } = usePageQuery<pageChangesQuery>(question, {}, anew);
  if (record == null)
    return <Text c="dimmed">Nothing is recorded here, or the record cannot be reached just now.</Text>;
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {countText(record.changes.totalCount)} changes since {momentText(record.since)}, as of{' '}
        {momentText(record.latest)}
      </Text>
      <ChangeTable changes={record.changes} />
    </>
  );
};
