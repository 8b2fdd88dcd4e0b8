import { graphql, useFragment } from 'react-relay';
import type { scopeLink_scope$key } from './__generated__/scopeLink_scope.graphql.ts';
import { Link } from './location.tsx';
import { wordOf } from './words.ts';

/** A scope, with a link to everybody who holds a role there. */
export const ScopeLink = ({ scope: ref }: { readonly scope: scopeLink_scope$key }) => {
  const scope = useFragment(
    graphql`
      fragment scopeLink_scope on Scope {
        id
        kind
        uuid
        components {
          kind
          uuid
        }
      }
    `,
    ref,
  );
  return (
    <Link to={{ name: 'scope', id: scope.id }} className="scope">
      <span className="badge">{wordOf(scope.kind)}</span>
      <span className="reference">{scope.uuid === '' ? 'without a name' : scope.uuid}</span>
      {scope.components
        .filter(({ uuid }) => uuid !== scope.uuid)
        .map(({ kind, uuid }) => (
          <span className="within" key={uuid}>
            + {wordOf(kind)}
          </span>
        ))}
    </Link>
  );
};
