import SchemaBuilder from '@pothos/core';
// Only their types: the plugins themselves are a tenth of the time to the first answer, and most gateways are no subgraph.
import type DirectivesPlugin from '@pothos/plugin-directives';
import type FederationPlugin from '@pothos/plugin-federation';
import RelayPlugin from '@pothos/plugin-relay';
import type { Scope, ScopeComponent, ScopedRole, Subject } from '../model/subject.ts';
import type { GraphContext } from './context.ts';
import type { EntityTypeName, NamedEntity } from './federation/entities.ts';

/** A role by its name. Roles cannot be read back from upstream, so a handle is all there is. */
export interface RoleHandle {
  readonly roleName: string;
}

/** The caller, as far as its credential tells. */
export interface ViewerHandle {
  readonly reference: string | null;
}

/** Every value that is a `Node`. */
export type NodeValue = Subject | ScopedRole | Scope | RoleHandle;

/** What Pothos checks the definitions against. */
export interface GraphTypes {
  Context: GraphContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: { ID: { Input: string; Output: string } };
  Objects: {
    Subject: Subject;
    ScopedRole: ScopedRole;
    Scope: Scope;
    ScopeComponent: ScopeComponent;
    Role: RoleHandle;
    Viewer: ViewerHandle;
  } & Record<EntityTypeName, NamedEntity>;
}

export type GraphBuilder = ReturnType<typeof createBuilder>;

/** An empty builder. Nothing is kept in modules, so that both schemas can be built side by side. */
export const createBuilder = (plugins: readonly (typeof DirectivesPlugin | typeof FederationPlugin)[] = []) =>
  new SchemaBuilder<GraphTypes>({
    plugins: [RelayPlugin, ...plugins],
    defaultFieldNullability: false,
    relay: {
      nodeQueryOptions: false,
      nodesQueryOptions: false,
      edgesFieldOptions: { nullable: false },
      nodeFieldOptions: { nullable: false },
      pageInfoFieldOptions: { description: 'Where this page lies in the whole list.' },
      cursorFieldOptions: { description: 'Opaque handle on this place in the list, for `after` and `before`.' },
      nodeTypeOptions: {
        description: 'Anything that can be fetched again by its id.',
        resolveType: (value) => nodeTypeNameOf(value as NodeValue),
      },
      idFieldOptions: { description: 'Opaque, stable id: hand it to `node` to fetch the same thing again.' },
      pageInfoTypeOptions: {
        description: 'Where a page of a connection lies in the whole list, as the Relay specification defines it.',
        shareable: true,
      },
      hasNextPageFieldOptions: {
        description: 'Whether at least one more item follows this page. Exact in both directions.',
      },
      hasPreviousPageFieldOptions: {
        description: 'Whether at least one more item precedes this page. Exact in both directions.',
      },
      startCursorFieldOptions: { description: 'Cursor of the first edge; null on an empty page.' },
      endCursorFieldOptions: {
        description:
          'Cursor of the last edge; null on an empty page. A filtered list that stopped at its budget of upstream calls gives a cursor to go on from even where the page is empty.',
      },
      firstArgOptions: {
        description: 'How many items to return from the front, 0 to 1000. Default 50; not together with `last`.',
      },
      afterArgOptions: { description: 'Return only items behind this cursor.' },
      lastArgOptions: { description: 'How many items to return from the back, 0 to 1000. Not together with `first`.' },
      beforeArgOptions: { description: 'Return only items in front of this cursor.' },
      cursorType: 'String',
    },
  });

/** Name of the type of a node. The model's objects are shared, so nothing is written on them to tell. */
export const nodeTypeNameOf = (value: NodeValue): string => {
  if ('roleName' in value) return 'Role';
  if ('components' in value) return 'Scope';
  return 'ordinal' in value ? 'ScopedRole' : 'Subject';
};
