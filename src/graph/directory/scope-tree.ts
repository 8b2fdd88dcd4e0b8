import { addText, emptyChecksum } from '../../platform/checksum.ts';
import { type CursorKeys, sliceOf } from '../../assignments/in-memory-list.ts';
import type { Scope } from '../../model/subject.ts';
import { andThen } from '../../platform/maybe-promise.ts';
import { addScope } from '../assignments/cursor-keys.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';
import { connectionOf } from '../relay/connections.ts';

/** Where a scope lies in the tree of static groups. */
export const defineScopeTree = (builder: GraphBuilder, { types, connections }: GraphParts): void => {
  builder.objectFields(types.scope, (t) => ({
    parent: t.field({
      type: types.scope,
      nullable: true,
      description:
        'What the scope lies in directly: the group of a device, what a static group stands for or else its parent, the parent of the group that stands for a customer, MSP or site. Null at the top, where nothing is known to stand above such a scope, and where the tree cannot be read.',
      extensions: lookupCost,
      resolve: (scope: Scope, _args, { directory }) =>
        andThen(directory.pathOf(scope), ({ value }) => value?.ancestors[0] ?? null),
    }),
    ancestors: t.field({
      type: [types.scope],
      nullable: true,
      description:
        'Everything that the scope lies in, nearest first. Empty where nothing stands above it, or is known to; null where the tree cannot be read. A parent that is missing, or a circle, ends the path.',
      extensions: lookupCost,
      resolve: (scope: Scope, _args, { directory }) =>
        andThen(directory.pathOf(scope), ({ value }) => value?.ancestors ?? null),
    }),
    children: t.field({
      type: connections.scopes,
      nullable: true,
      description:
        'What lies directly in the scope, as the inverse of `parent`: groups and what they stand for by name, then devices by name. Null where the tree cannot be read.',
      args: t.arg.connectionArgs(),
      extensions: lookupCost,
      resolve: async (scope: Scope, args, { directory }) => {
        const children = await directory.childrenOf(scope);
        if (children.resolution !== 'FOUND') return null;
        return connectionOf(
          sliceOf({ items: children.value, names: childCursorKeys, owner: scope, ownArguments: '' }, args),
        );
      },
    }),
  }));
};

/** What lies in a scope. */
const childCursorKeys: CursorKeys<Scope, Scope> = {
  sumOf: (scope, ownArguments) => addText(addScope(addText(emptyChecksum, 'children'), scope), ownArguments),
  addItem: addScope,
};
