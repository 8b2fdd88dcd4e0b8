import { Suspense } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { useSession } from '../../session/session.tsx';
import { ExportButton } from '../../shared/export-button.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { Filters, useSubjectFilters } from './filters.tsx';
import { SubjectCount } from './subject-count.tsx';
import { SubjectList } from './subject-list.tsx';
import pageQueryNode, { type pageSubjectsQuery } from '../../__generated__/pageSubjectsQuery.graphql';

const question = graphql`
  query pageSubjectsQuery($filter: SubjectFilter, $orderBy: [SubjectOrder!]) {
    ...subjectList_query @arguments(filter: $filter, orderBy: $orderBy)
  }
`;

/** Everybody who holds a role, to be narrowed and sorted. */
export const Page = () => {
  const { variables, exported } = useSubjectFilters();
  return (
    <>
      <PageHead
        title="Subjects"
        about={
          <Suspense fallback="Counting…">
            <SubjectCount filter={variables.filter} />
          </Suspense>
        }
        query={{ text: pageQueryNode.params.text, variables }}
      >
        <ExportButton parameters={exported} />
      </PageHead>
      <Filters />
      <Suspense fallback={<RowsSkeleton count={12} />}>
        <List key={JSON.stringify(variables)} variables={variables} />
      </Suspense>
    </>
  );
};

const List = ({ variables }: { readonly variables: pageSubjectsQuery['variables'] }) => {
  const { generation } = useSession();
  const query = useLazyLoadQuery<pageSubjectsQuery>(question, variables, { fetchKey: generation });
  return <SubjectList query={query} />;
};
