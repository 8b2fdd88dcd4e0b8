import { graphql, useLazyLoadQuery } from 'react-relay';
import type { scopeViewQuery } from './__generated__/scopeViewQuery.graphql.ts';
import { Asked, type Asking } from './asked.tsx';
import { show } from './location.tsx';
import { Nothing, Page, WaitingRows } from './page.tsx';
import { ScopeHolders } from './scope-holders.tsx';
import { wordOf } from './words.ts';

interface ScopeProps {
  readonly id: string;
  /** Whether to show also those whose role holds everywhere. */
  readonly everywhere: boolean;
}

/** One scope, and everybody who holds a role there. */
export const ScopeView = ({ id, everywhere }: ScopeProps) => (
  <Asked waiting={<WaitingRows label="Looking for holders of roles" />} key={String(everywhere)}>
    {(asking) => <Scope id={id} everywhere={everywhere} asking={asking} />}
  </Asked>
);

const Scope = ({ id, everywhere, asking }: ScopeProps & { readonly asking: Asking }) => {
  const { node } = useLazyLoadQuery<scopeViewQuery>(
    graphql`
      query scopeViewQuery($id: ID!, $includeGlobal: Boolean!) {
        node(id: $id) {
          ... on Scope {
            __typename
            kind
            uuid
            components {
              kind
              field
              uuid
            }
            ...scopeHolders_scope @arguments(includeGlobal: $includeGlobal) @alias(as: "asPlace")
          }
        }
      }
    `,
    { id, includeGlobal: everywhere },
    asking,
  );
  if (node?.['__typename'] !== 'Scope') {
    return (
      <Page title="Nothing here" tabTitle="Nothing here">
        <Nothing title="No such scope">The address does not name a scope.</Nothing>
      </Page>
    );
  }
  return (
    <Page
      kind={`Scope · ${wordOf(node.kind)}`}
      title={<span className="reference">{node.uuid === '' ? 'without a name' : node.uuid}</span>}
      tabTitle={`${wordOf(node.kind)} ${node.uuid}`}
    >
      {node.components.length > 1 && (
        <dl className="components">
          {node.components.map(({ kind, field, uuid }) => (
            <div key={field}>
              <dt>{wordOf(kind)}</dt>
              <dd className="reference">{uuid}</dd>
            </div>
          ))}
        </dl>
      )}
      <label className="toggle">
        <input
          type="checkbox"
          checked={everywhere}
          onChange={(event) => show({ name: 'scope', id, everywhere: event.currentTarget.checked }, { replace: true })}
        />
        Also those whose role holds everywhere
      </label>
      {node.asPlace && <ScopeHolders scope={node.asPlace} />}
    </Page>
  );
};
