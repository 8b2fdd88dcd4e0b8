import { graphql, usePaginationFragment } from 'react-relay';
import type { roleHolders_role$key } from './__generated__/roleHolders_role.graphql.ts';
import type { roleHoldersPageQuery } from './__generated__/roleHoldersPageQuery.graphql.ts';
import { LoadMore } from './load-more.tsx';
import { Nothing } from './page.tsx';
import { ScopeLink } from './scope-link.tsx';
import { SubjectIdentity } from './subject-identity.tsx';
import { countOf } from './words.ts';

/** Everybody who holds a role, and where they do. */
export const RoleHolders = ({ role }: { readonly role: roleHolders_role$key }) => {
  const { data, hasNext, isLoadingNext, loadNext, refetch } = usePaginationFragment<
    roleHoldersPageQuery,
    roleHolders_role$key
  >(
    graphql`
      fragment roleHolders_role on Role
      @refetchable(queryName: "roleHoldersPageQuery")
      @argumentDefinitions(first: { type: "Int", defaultValue: 50 }, after: { type: "String" }) {
        subjects(first: $first, after: $after) @connection(key: "roleHolders_subjects") {
          edges {
            roles {
              id
              isGlobal
              scopes(first: 2) {
                totalCount
                nodes {
                  id
                  ...scopeLink_scope
                }
              }
            }
            node {
              id
              ...subjectIdentity_subject
            }
          }
        }
      }
    `,
    role,
  );
  const edges = data.subjects?.edges ?? [];
  if (edges.length === 0 && !hasNext) {
    return <Nothing title="Nobody holds this role">No subject that you may see holds a role of this name.</Nothing>;
  }
  return (
    <>
      <p className="count" role="status">
        {countOf(edges.length, 'subject')}
        {hasNext ? ' so far' : ''}
      </p>
      <ul className="rows">
        {edges.map(({ roles, node }) => (
          <li className="row" key={node.id}>
            <SubjectIdentity subject={node} />
            <span className="where">
              {roles.map(({ id, isGlobal, scopes }) => (
                <span className="places" key={id}>
                  {isGlobal && <span className="everywhere">everywhere</span>}
                  {scopes.nodes.map((scope) => (
                    <ScopeLink scope={scope} key={scope.id} />
                  ))}
                  {(scopes.totalCount ?? 0) > scopes.nodes.length && (
                    <span className="more">{(scopes.totalCount ?? 0) - scopes.nodes.length} more</span>
                  )}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
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
