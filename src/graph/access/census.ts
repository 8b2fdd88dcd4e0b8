import type { AccountCensus } from '../../access/account-census.ts';
import type { KindCount, RoleTally, ScopeTally, TypeCount } from '../../access/census/census.ts';
import type { Scope } from '../../model/subject.ts';
import { turnsOf } from '../../platform/work-in-turns.ts';
import { includeNestedScopesOptions } from '../assignments/inputs.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { listCost } from '../field-facts.ts';
import type { Slice } from '../../assignments/assignments.ts';
import { connectionWithFacts } from '../relay/connections.ts';
import type { RoleHandle } from '../relay/node-types.ts';
import { writeMoment } from './moment.ts';

/** `Query.census`: the whole account as one picture. */
export const defineCensus = (builder: GraphBuilder, { types, enums, defineConnection }: GraphParts) => {
  const census = builder.objectRef<AccountCensus>('Census');
  const subjectTypeCount = builder.objectRef<TypeCount>('SubjectTypeCount').implement({
    description: 'How many subjects there are of one type.',
    fields: (t) => ({
      type: t.expose('type', { type: enums.subjectType, description: 'The type.' }),
      rawType: t.exposeString('rawType', { description: 'The type as upstream writes it.' }),
      count: t.exposeInt('count', { description: 'Subjects of this type.' }),
    }),
  });
  const scopeKindCount = builder.objectRef<KindCount>('ScopeKindCount').implement({
    description: 'How many scopes there are of one kind.',
    fields: (t) => ({
      kind: t.expose('kind', { type: enums.scopeKind, description: 'The kind.' }),
      count: t.exposeInt('count', { description: 'Different scopes of this kind that some role lists.' }),
    }),
  });
  const roles = defineConnection<RoleHandle, RoleTally>({
    name: 'CensusRole',
    node: types.role,
    descriptions: {
      connection: 'A page of the roles that anybody holds.',
      items: 'roles',
      edge: 'One role, how many hold it, and where it stands in the list.',
      node: 'The role.',
    },
  });
  builder.objectFields(roles.edge, (t) => ({
    holderCount: t.int({
      description:
        'Subjects that hold the role, at some scope or everywhere. Members of a group that holds it do not count.',
      resolve: ({ facts }) => facts.holderCount,
    }),
    globalHolderCount: t.int({
      description: 'Those of them that hold it everywhere.',
      resolve: ({ facts }) => facts.globalHolderCount,
    }),
    scopeCount: t.int({
      description: 'Different scopes at which it is held.',
      resolve: ({ facts }) => facts.scopeCount,
    }),
  }));
  const scopes = defineConnection<Scope, ScopeTally>({
    name: 'CensusScope',
    node: types.scope,
    descriptions: {
      connection: 'A page of the scopes at which anybody holds a role.',
      items: 'scopes',
      edge: 'One scope, how many are named there, and where it stands in the list.',
      node: 'The scope.',
    },
  });
  builder.objectFields(scopes.edge, (t) => ({
    holderCount: t.int({
      description:
        'Subjects that are named at the scope: a role of theirs lists it. Not all who can act there, which `Scope.access` tells.',
      resolve: ({ facts }) => facts.holderCount,
    }),
    roleCount: t.int({
      description: 'Different roles that are held at the scope.',
      resolve: ({ facts }) => facts.roleCount,
    }),
  }));
  const roleOrder = builder.inputType('RoleOrder', {
    description: 'How roles are to be sorted.',
    fields: (t) => ({
      field: t.field({
        type: builder.enumType('RoleOrderField', {
          description: 'What roles can be sorted by.',
          values: {
            NAME: { description: 'The name of the role.' },
            HOLDERS: { description: 'How many hold the role; equal ones go by name.' },
          } as const,
        }),
        required: true,
        description: 'What to sort by.',
      }),
      direction: t.field({
        type: enums.orderDirection,
        required: true,
        defaultValue: 'ASC',
        description: 'Which end comes first.',
      }),
    }),
  });
  const scopeOrder = builder.inputType('ScopeOrder', {
    description: 'How scopes are to be sorted.',
    fields: (t) => ({
      field: t.field({
        type: builder.enumType('ScopeOrderField', {
          description: 'What scopes can be sorted by.',
          values: {
            KIND_AND_NAME: {
              description:
                'The name of the kind, then what the scope is called; those without a name last, by uuid. Costs calls to the directory, because all names have to be known.',
            },
            HOLDERS: { description: 'How many are named at the scope; equal ones go by kind and uuid.' },
          } as const,
        }),
        required: true,
        description: 'What to sort by.',
      }),
      direction: t.field({
        type: enums.orderDirection,
        required: true,
        defaultValue: 'ASC',
        description: 'Which end comes first.',
      }),
    }),
  });

  builder.objectType(census, {
    description:
      'The whole account as the caller sees it, as one picture from one time: everything that upstream lists, counted and found from every side. Upstream is asked for all of its list once, a call for each thousand subjects, whoever asks and whatever is asked of it.',
    fields: (t) => ({
      asOf: t.field({
        type: 'DateTime',
        description: 'When the oldest of what this is made of was true.',
        resolve: ({ asOfMs }) => writeMoment(asOfMs),
      }),
      subjectCount: t.exposeInt('subjectCount', {
        description: 'Different subjects: references with their types.',
      }),
      assignmentCount: t.exposeInt('assignmentCount', {
        description: 'Different assignments: one subject, one role, and one scope or everywhere.',
      }),
      globalAssignmentCount: t.exposeInt('globalAssignmentCount', {
        description: 'Those of them that hold everywhere.',
      }),
      subjectTypes: t.expose('subjectTypes', {
        type: [subjectTypeCount],
        description: 'How many subjects there are of each type, largest first.',
      }),
      scopeKinds: t.expose('scopeKinds', {
        type: [scopeKindCount],
        description: 'How many different scopes there are of each kind, largest first.',
      }),
      roles: t.field({
        type: roles.connection,
        description: 'The roles that anybody holds.',
        args: {
          ...t.arg.connectionArgs(),
          nameContains: t.arg.string({ description: 'Only roles whose name has this in it, in capitals or not.' }),
          orderBy: t.arg({ type: roleOrder, description: 'How to sort them. Default: those with most holders first.' }),
        },
        resolve: async (parent, { nameContains, orderBy, ...args }) => {
          const question = { nameContains: nameContains ?? undefined, orderBy: orderBy ?? undefined };
          const slice = await parent.roles(question, args);
          return connectionWithFacts(
            nodesOf(slice, ({ name }) => ({ roleName: name })),
            (_node, index) => slice.items[index] as RoleTally,
          );
        },
      }),
      scopes: t.field({
        type: scopes.connection,
        description: 'The scopes at which anybody holds a role.',
        args: {
          ...t.arg.connectionArgs(),
          kind: t.arg({ type: enums.scopeKind, description: 'Only scopes of this kind.' }),
          orderBy: t.arg({
            type: scopeOrder,
            description: 'How to sort them. Default: those with most holders first.',
          }),
        },
        resolve: async (parent, { kind, orderBy, ...args }, { directory, operation }) => {
          const question = { kind: kind ?? undefined, orderBy: orderBy ?? undefined };
          const slice = await parent.scopes(question, args, { directory, taker: turnsOf(operation) });
          return connectionWithFacts(
            nodesOf(slice, ({ scope }) => scope),
            (_node, index) => slice.items[index] as ScopeTally,
          );
        },
      }),
    }),
  });

  builder.queryField('census', (t) =>
    t.field({
      type: census,
      nullable: true,
      description:
        'The whole account as one picture: which roles and scopes there are and how many hold them, and what looks wrong. Costs a call for each thousand subjects, once; every further question is answered from it while it is fresh. Where reading takes longer than one operation may, the error `UPSTREAM_PENDING` says how far it is and when to ask again.',
      extensions: listCost,
      args: { includeNestedScopes: t.arg.boolean(includeNestedScopesOptions) },
      resolve: (_root, { includeNestedScopes }, { access }) => access.census(includeNestedScopes ?? false),
    }),
  );
  return { census };
};

/** The same slice with what the graph shows of its items. */
export const nodesOf = <Item, Node>(slice: Slice<Item>, nodeOf: (item: Item) => Node): Slice<Node> => ({
  ...slice,
  items: slice.items.map(nodeOf),
});
