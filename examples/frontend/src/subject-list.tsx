import { graphql, usePaginationFragment } from 'react-relay';
import type { subjectList_query$key } from './__generated__/subjectList_query.graphql.ts';
import type { subjectListPageQuery } from './__generated__/subjectListPageQuery.graphql.ts';
import { LoadMore } from './load-more.tsx';
import { Nothing } from './page.tsx';
import { SubjectRow } from './subject-row.tsx';
import { countOf } from './words.ts';

interface SubjectListProps {
  readonly query: subjectList_query$key;
  readonly isFiltered: boolean;
}

/** Subjects, page after page as they are scrolled to. */
export const SubjectList = ({ query, isFiltered }: SubjectListProps) => {
  const { data, hasNext, isLoadingNext, loadNext, refetch } = usePaginationFragment<
    subjectListPageQuery,
    subjectList_query$key
  >(
    graphql`
      fragment subjectList_query on Query
      @refetchable(queryName: "subjectListPageQuery")
      @argumentDefinitions(
        first: { type: "Int", defaultValue: 50 }
        after: { type: "String" }
        filter: { type: "SubjectFilter" }
      ) {
        subjects(first: $first, after: $after, filter: $filter) @connection(key: "subjectList_subjects") {
          totalCount
          edges {
            node {
              id
              ...subjectRow_subject
            }
          }
        }
      }
    `,
    query,
  );
  const subjects = data.subjects?.edges.map(({ node }) => node) ?? [];
  if (subjects.length === 0 && !hasNext) {
    return (
      <Nothing title={isFiltered ? 'Nobody matches' : 'Nobody here'}>
        {isFiltered
          ? 'No subject that you may see meets all of the filters.'
          : 'There is no subject that you may see: your permission sets may cover no static group yet.'}
      </Nothing>
    );
  }
  return (
    <>
      <p className="count" role="status">
        {data.subjects?.totalCount === null || data.subjects?.totalCount === undefined
          ? `${countOf(subjects.length, 'subject')}${hasNext ? ' so far' : ''}`
          : countOf(data.subjects.totalCount, 'subject')}
      </p>
      <ul className="rows">
        {subjects.map((subject) => (
          <SubjectRow subject={subject} key={subject.id} />
        ))}
      </ul>
      <LoadMore
        hasNext={hasNext}
        isLoadingNext={isLoadingNext}
        loadNext={loadNext}
        shown={subjects.length}
        onStartOver={() => refetch({}, { fetchPolicy: 'network-only' })}
      />
    </>
  );
};
