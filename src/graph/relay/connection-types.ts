import type { GraphBuilder } from '../builder.ts';
import type { Connection, HolderEdge } from './connections.ts';

interface ConnectionTexts {
  readonly connection: string;
  /** Plural of the thing, as in "The … of this page". */
  readonly items: string;
  readonly edge: string;
  readonly node: string;
  /** Present on edges that tell which roles led to the subject. */
  readonly edgeRoles?: string;
}

/** The connection and edge types. Each name stands once in the graph, so that composition with other graphs works. */
export const defineConnections = (builder: GraphBuilder) => {
  const define = <Type extends 'Subject' | 'ScopedRole' | 'Scope'>(name: string, type: Type, texts: ConnectionTexts) =>
    builder.connectionObject(
      {
        type,
        name: `${name}Connection`,
        description: texts.connection,
        edgesField: { description: `The ${texts.items} of this page, each with its cursor.` },
        fields: (t) => ({
          nodes: t.field({
            type: [type],
            description: `The ${texts.items} of this page. Cheaper than edges where no cursors are needed.`,
            resolve: (connection) => (connection as unknown as Connection<never>).nodes as never,
          }),
          totalCount: t.int({
            nullable: true,
            description:
              'How many there are on all pages together. Exact, or null where that is not known: never a guess.',
            resolve: (connection) => (connection as unknown as Connection<never>).totalCount,
          }),
        }),
      },
      {
        name: `${name}Edge`,
        description: texts.edge,
        nodeField: { description: texts.node },
        ...(texts.edgeRoles === undefined
          ? {}
          : {
              fields: (t) => ({
                roles: t.field({
                  type: ['ScopedRole'],
                  description: texts.edgeRoles as string,
                  resolve: (edge) => (edge as unknown as HolderEdge).roles,
                }),
              }),
            }),
      },
    );
  return {
    subjects: define('Subject', 'Subject', {
      connection: 'A page of subjects.',
      items: 'subjects',
      edge: 'One subject, and where it stands in the list.',
      node: 'The subject.',
    }),
    scopedRoles: define('ScopedRole', 'ScopedRole', {
      connection: 'A page of the roles that a subject holds.',
      items: 'roles',
      edge: 'One role that a subject holds, and where it stands in the list.',
      node: 'The role, and where it holds.',
    }),
    scopes: define('Scope', 'Scope', {
      connection: 'A page of the scopes at which a role holds.',
      items: 'scopes',
      edge: 'One scope at which a role holds, and where it stands in the list.',
      node: 'The scope.',
    }),
    scopeSubjects: define('ScopeSubject', 'Subject', {
      connection: 'A page of the subjects that hold a role at a scope.',
      items: 'subjects',
      edge: 'A subject that holds a role at the scope, and where it stands in the list.',
      node: 'The subject.',
      edgeRoles: 'The roles that the subject holds at this scope.',
    }),
    roleSubjects: define('RoleSubject', 'Subject', {
      connection: 'A page of the subjects that hold a role.',
      items: 'subjects',
      edge: 'A subject that holds the role, and where it stands in the list.',
      node: 'The subject.',
      edgeRoles: 'What the subject holds under this name.',
    }),
  };
};

export type GraphConnections = ReturnType<typeof defineConnections>;
