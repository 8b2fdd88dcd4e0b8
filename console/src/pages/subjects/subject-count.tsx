import { graphql, useLazyLoadQuery } from 'react-relay';
import { useSession } from '../../session/session.tsx';
import { countText } from '../../shared/words.ts';
import type { SubjectFilter, subjectCountQuery } from '../../__generated__/subjectCountQuery.graphql';

/** How many there are, exactly. Asked for apart from the list, which need not wait for it. */
export const SubjectCount = ({ filter }: { readonly filter: SubjectFilter }) => {
  const { generation } = useSession();
  const { subjects } = useLazyLoadQuery<subjectCountQuery>(
    graphql`
      query subjectCountQuery($filter: SubjectFilter) {
        subjects(first: 0, filter: $filter) {
          totalCount
        }
      }
    `,
    { filter },
    { fetchKey: generation },
  );
  if (subjects?.totalCount == null) return <>subjects: how many could not be told</>;
  return <>{countText(subjects.totalCount)} subjects</>;
};
