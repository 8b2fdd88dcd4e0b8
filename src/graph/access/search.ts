import type { NameGap } from '../../access/name-gaps.ts';
import { sliceOfKeyed } from '../../access/keyed-list.ts';
import type { SearchHit } from '../../access/search.ts';
import type { Scope, Subject } from '../../model/subject.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import type { defineNames } from '../directory/names.ts';
import { listCost } from '../field-facts.ts';
import { Connection } from '../relay/connections.ts';
import { nodeTypeNameOf, type RoleHandle } from '../relay/node-types.ts';
import { nodesOf } from './census.ts';
import { asOfOf, asOfOptions } from './reasons.ts';

type Found = Subject | Scope | RoleHandle;

/** `Query.search`: what a text is in. And what a list of subjects tells of it where it has looked for a text. */
export const defineSearch = (
  builder: GraphBuilder,
  { types, connections, defineConnection }: GraphParts,
  resolution: ReturnType<typeof defineNames>,
): void => {
  const searchKind = builder.enumType('SearchKind', {
    description: 'What can be searched for.',
    values: {
      SUBJECT: { description: 'Subjects: by name, mail address and reference.' },
      SCOPE: { description: 'Scopes at which anybody holds a role: by name and uuid.' },
      ROLE: { description: 'Roles that anybody holds: by name.' },
    } as const,
  });
  const searchField = builder.enumType('SearchField', {
    description: 'Where a text was found.',
    values: {
      DISPLAY_NAME: { description: 'In what it is called.' },
      EMAIL: { description: 'In a mail address of a user.' },
      REFERENCE: { description: 'In the reference of a subject.' },
      UUID: { description: 'In a uuid of a scope.' },
      ROLE_NAME: { description: 'In the name of a role.' },
    } as const,
  });
  const nameSource = builder.enumType('NameSource', {
    description: 'Where names come from.',
    values: {
      USERS: { description: 'The users of the account.' },
      DEVICES: { description: 'The devices of the account.' },
      DEVICE_GROUPS: {
        description: 'The static groups, which also name the customers, MSPs and sites that they stand for.',
      },
      POLICIES: { description: 'The policies of the account.' },
    } as const,
  });
  const nameGap = builder.objectRef<NameGap>('NameGap').implement({
    description: 'Names that could not be searched.',
    fields: (t) => ({
      source: t.expose('source', { type: nameSource, description: 'Which names.' }),
      resolution: t.expose('resolution', { type: resolution, description: 'Why: FORBIDDEN or UNAVAILABLE.' }),
    }),
  });
  const result = builder.unionType('SearchResult', {
    description: 'What a search can find.',
    types: [types.subject, types.scope, types.role],
    resolveType: (value) => nodeTypeNameOf(value),
  });
  const found = defineConnection<Found, SearchHit, { readonly asOfMs: number; readonly gaps: readonly NameGap[] }>({
    name: 'Search',
    node: result,
    descriptions: {
      connection: 'A page of what a search has found.',
      items: 'results',
      edge: 'One result, where the text was found in it, and where it stands in the list.',
      node: 'The result.',
    },
  });
  builder.objectField(found.edge, 'matched', (t) =>
    t.field({
      type: searchField,
      description: 'Where the text was found best.',
      resolve: ({ facts }) => facts.matched,
    }),
  );
  builder.objectFields(found.connection, (t) => ({
    asOf: t.field({ ...asOfOptions, resolve: ({ about }) => asOfOf(about) }),
    gaps: t.field({
      type: [nameGap],
      description: 'Names that could not be searched: what has only such a name is not found. The rest was searched.',
      resolve: ({ about }) => about.gaps,
    }),
  }));
  builder.objectFields(connections.subjects, (t) => ({
    asOf: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the oldest of the census was true in which `text` was looked for. Null without `text`: then the list is read from upstream as it is.',
      resolve: ({ about }) => (about === undefined ? null : asOfOf(about)),
    }),
    gaps: t.field({
      type: [nameGap],
      description:
        'Names in which `text` could not be looked for: who has it only in such a name is not found. The rest was searched. Empty without `text`.',
      resolve: ({ about }) => about?.gaps ?? [],
    }),
  }));
  builder.queryField('search', (t) =>
    t.field({
      type: found.connection,
      nullable: true,
      description:
        'Looks for a text, without case and accents, in what subjects, scopes and roles are called and known by: all that the caller sees in the assignments. Exact matches come first, then beginnings, then beginnings of words, then parts. Costs a census, as `Query.census` does, and the names of the account, which are kept.',
      extensions: listCost,
      args: {
        text: t.arg.string({ required: true, description: 'What to look for, 2 to 200 characters.' }),
        kinds: t.arg({ type: [searchKind], description: 'What to look among. Default: everything.' }),
        first: t.arg.int({ description: 'How many results to return, 0 to 1000. Default 50.' }),
        after: t.arg.string({ description: 'Return only results behind this cursor.' }),
      },
      resolve: async (_root, { text, kinds, ...args }, { access }) => {
        const { list, gaps } = await access.search({ text, kinds: kinds ?? undefined });
        const slice = sliceOfKeyed(list, args);
        return new Connection(nodesOf(slice, nodeOf), (_node, index) => slice.items[index] as SearchHit, {
          asOfMs: list.asOfMs,
          gaps,
        });
      },
    }),
  );
};

const nodeOf = ({ thing }: SearchHit): Found => {
  if (thing.kind === 'SUBJECT') return thing.subject;
  return thing.kind === 'SCOPE' ? thing.scope : { roleName: thing.roleName };
};
