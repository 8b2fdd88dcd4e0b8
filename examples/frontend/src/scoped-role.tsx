import { useState } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import type { scopedRole_role$key } from './__generated__/scopedRole_role.graphql.ts';
import type { scopedRolePageQuery } from './__generated__/scopedRolePageQuery.graphql.ts';
import { ErrorState } from './error-state.tsx';
import { type GraphError, graphErrorOf } from './graph-error.ts';
import { Link } from './location.tsx';
import { ScopeLink } from './scope-link.tsx';

/** One role that a subject holds, with links to everybody who holds it, and to everybody at each of its scopes. */
export const ScopedRole = ({ role }: { readonly role: scopedRole_role$key }) => {
  const { data, hasNext, isLoadingNext, loadNext, refetch } = usePaginationFragment<
    scopedRolePageQuery,
    scopedRole_role$key
  >(
    graphql`
      fragment scopedRole_role on ScopedRole
      @refetchable(queryName: "scopedRolePageQuery")
      @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
        name
        isGlobal
        scopes(first: $first, after: $after) @connection(key: "scopedRole_scopes") {
          edges {
            node {
              id
              ...scopeLink_scope
            }
          }
        }
      }
    `,
    role,
  );
  const [error, setError] = useState<GraphError>();
  const loadMore = () => {
    setError(undefined);
    loadNext(100, { onComplete: (failure) => failure !== null && setError(graphErrorOf(failure)) });
  };
  const startOver = () => {
    setError(undefined);
    refetch({}, { fetchPolicy: 'network-only' });
  };
  return (
    <section className="card scoped-role">
      <h2>
        <Link to={{ name: 'role', id: data.name }}>{data.name}</Link>
      </h2>
      {data.isGlobal ? (
        <p className="everywhere">Holds everywhere</p>
      ) : (
        <ul className="scopes" aria-label={`Where ${data.name} holds`}>
          {data.scopes.edges.map(({ node }) => (
            <li key={node.id}>
              <ScopeLink scope={node} />
            </li>
          ))}
        </ul>
      )}
      {error !== undefined && <ErrorState error={error} onRetry={loadMore} onStartOver={startOver} />}
      {error === undefined && hasNext && (
        <button type="button" className="quiet" disabled={isLoadingNext} onClick={loadMore}>
          More scopes
        </button>
      )}
    </section>
  );
};
