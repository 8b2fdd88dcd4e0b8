import { graphql, usePaginationFragment } from 'react-relay';
import type { roleList_subject$key } from './__generated__/roleList_subject.graphql.ts';
import type { roleListPageQuery } from './__generated__/roleListPageQuery.graphql.ts';
import { LoadMore } from './load-more.tsx';
import { Nothing } from './page.tsx';
import { ScopedRole } from './scoped-role.tsx';
import { countOf } from './words.ts';

/** The roles of one subject. */
export const RoleList = ({ subject }: { readonly subject: roleList_subject$key }) => {
  const { data, hasNext, isLoadingNext, loadNext, refetch } = usePaginationFragment<
    roleListPageQuery,
    roleList_subject$key
  >(
    graphql`
      fragment roleList_subject on Subject
      @refetchable(queryName: "roleListPageQuery")
      @argumentDefinitions(first: { type: "Int", defaultValue: 50 }, after: { type: "String" }) {
        roles(first: $first, after: $after) @connection(key: "roleList_roles") {
          totalCount
          edges {
            node {
              id
              ...scopedRole_role
            }
          }
        }
      }
    `,
    subject,
  );
  const { edges, totalCount } = data.roles;
  if (edges.length === 0) return <Nothing title="No roles">This subject is known, and holds no role.</Nothing>;
  return (
    <>
      <p className="count">{countOf(totalCount ?? edges.length, 'role')}</p>
      {edges.map(({ node }) => (
        <ScopedRole role={node} key={node.id} />
      ))}
      <LoadMore
        hasNext={hasNext}
        isLoadingNext={isLoadingNext}
        loadNext={loadNext}
        shown={edges.length}
        onStartOver={() => refetch({}, { fetchPolicy: 'network-only' })}
      />
    </>
  );
};
