import type { Assignments } from '../../assignments/assignments.ts';
import type { Directory } from '../../directory/directory.ts';
import { GatewayError } from '../../model/errors.ts';
import { createSubject, rawSubjectTypeOf, type Subject } from '../../model/subject.ts';
import type { GraphBuilder } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';
import { invalidId, type NodeName, parseNodeId, readNodeId } from './ids.ts';
import type { NodeValue } from './node-types.ts';

/** How many nodes, or subjects by reference, one field may ask for at once. */
const maxLookups = 1000;

/** Throws `BAD_USER_INPUT` where a list asks for more than one field may. */
export const checkLookupCount = (argument: string, keys: readonly unknown[]): void => {
  if (keys.length > maxLookups) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `${argument} has ${keys.length} entries, and ${maxLookups} is the most. Ask in several requests.`,
    );
  }
};

/** `Query.node` and `Query.nodes`. The subgraph goes without them: other subgraphs have their own. */
export const defineNodeQueries = (builder: GraphBuilder): void => {
  builder.queryFields((t) => ({
    node: t.field({
      type: builder.nodeInterfaceRef(),
      extensions: lookupCost,
      nullable: true,
      description: 'Anything by its id. Null where upstream no longer knows it.',
      args: { id: t.arg.id({ required: true, description: 'An id that this graph gave.' }) },
      resolve: (_root, { id }, context) => fetchNode(parseNodeId(id), context),
    }),
    nodes: t.field({
      type: [builder.nodeInterfaceRef()],
      extensions: lookupCost,
      nullable: { list: false, items: true },
      description:
        'Several things by their ids, at most 1000, in the order asked. Null for what upstream no longer knows.',
      args: { ids: t.arg.idList({ required: true, description: 'Ids that this graph gave, at most 1000.' }) },
      resolve: (_root, { ids }, context) => {
        checkLookupCount('ids', ids);
        // A thousand times the same id is read once, and what is wrong with a thousand ids is said by one error: each has a stack.
        const known = new Map<string, MaybeNode>();
        let refusal: Promise<never> | undefined;
        const find = (id: string): MaybeNode => {
          const name = readNodeId(id);
          // Each id fails alone: a promise that rejects nulls its own item.
          return name === undefined ? (refusal ??= Promise.reject(invalidId())) : fetchNode(name, context);
        };
        return ids.map((id) => {
          let node = known.get(id);
          if (node === undefined) known.set(id, (node = find(id)));
          return node;
        });
      },
    }),
  }));
};

type MaybeNode = NodeValue | Promise<NodeValue | null>;

interface Lookups {
  readonly assignments: Assignments;
  readonly directory: Pick<Directory, 'user'>;
}

/** Handles are there at once. */
const fetchNode = (name: NodeName, context: Lookups): MaybeNode => {
  switch (name.type) {
    case 'Role':
      return { roleName: name.roleName };
    case 'Scope':
      return name.scope;
    case 'Subject':
      return findListed(name, context);
    case 'ScopedRole':
      return findScopedRole(name, context.assignments);
  }
};

const findScopedRole = async (
  { roleName, ordinal, ...name }: Extract<NodeName, { type: 'ScopedRole' }>,
  assignments: Assignments,
): Promise<NodeValue | null> => {
  const subject = await findNamed(name, assignments);
  return subject?.roles.find((role) => role.name === roleName && role.ordinal === ordinal) ?? null;
};

/** A user who holds nothing, and so is no subject of any assignment, is listed where a group of theirs has access (`Scope.access`): what was given an id can be fetched by it. */
const findListed = async (
  name: Pick<Subject, 'reference' | 'rawType'>,
  { assignments, directory }: Lookups,
): Promise<Subject | null> => {
  const subject = await findNamed(name, assignments);
  if (subject !== null || name.rawType !== rawSubjectTypeOf('USER')) return subject;
  const { resolution } = await directory.user(name.reference);
  return resolution === 'FOUND' ? createSubject(name.reference, name.rawType, []) : null;
};

/** The subject that an id names. Upstream cannot be asked for one that it lists without a reference, so nothing is found then. */
const findNamed = async (
  { reference, rawType }: Pick<Subject, 'reference' | 'rawType'>,
  assignments: Assignments,
): Promise<Subject | null> =>
  reference === '' ? null : assignments.find({ reference, rawType, includeNestedScopes: false });
