import { graphql, usePaginationFragment } from 'react-relay';
import type { scopeHolders_scope$key } from './__generated__/scopeHolders_scope.graphql.ts';
import type { scopeHoldersPageQuery } from './__generated__/scopeHoldersPageQuery.graphql.ts';
import { Link } from './location.tsx';
import { LoadMore } from './load-more.tsx';
import { Nothing } from './page.tsx';
import { SubjectIdentity } from './subject-identity.tsx';
import { countOf } from './words.ts';

/** Everybody who holds a role at a scope, and the roles that led to them. */
export const ScopeHolders = ({ scope }: { readonly scope: scopeHolders_scope$key }) => {
  const { data, hasNext, isLoadingNext, loadNext, refetch } = usePaginationFragment<
    scopeHoldersPageQuery,
    scopeHolders_scope$key
  >(
    graphql`
      fragment scopeHolders_scope on Scope
      @refetchable(queryName: "scopeHoldersPageQuery")
      @argumentDefinitions(
        first: { type: "Int", defaultValue: 50 }
        after: { type: "String" }
        includeGlobal: { type: "Boolean!" }
      ) {
        subjects(first: $first, after: $after, includeGlobal: $includeGlobal)
          @connection(key: "scopeHolders_subjects") {
          edges {
            roles {
              id
              name
              isGlobal
            }
            node {
              id
              ...subjectIdentity_subject
            }
          }
        }
      }
    `,
    scope,
  );
  const edges = data.subjects?.edges ?? [];
  if (edges.length === 0 && !hasNext) {
    return (
      <Nothing title="Nobody holds a role here">No subject that you may see has a role that names this scope.</Nothing>
    );
  }
  return (
    <>
      <p className="count" role="status">
        {countOf(edges.length, 'subject')} with roles here{hasNext ? ', so far' : ''}
      </p>
      <ul className="rows">
        {edges.map(({ roles, node }) => (
          <li className="row" key={node.id}>
            <SubjectIdentity subject={node} />
            <span className="roles">
              {roles.map((role) => (
                <Link to={{ name: 'role', id: role.name }} className="chip" key={role.id}>
                  {role.name}
                  {role.isGlobal && <span className="everywhere">everywhere</span>}
                </Link>
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
