import type { OutputRef } from '@pothos/core';
import type { GraphBuilder } from '../builder.ts';
import type { Connection, Edge, PageInfo } from './connections.ts';

export interface ConnectionTypeOptions<Node> {
  /** What the types are called before `Connection` and `Edge`. Each name stands once in the graph, so that composition with other graphs works. */
  readonly name: string;
  readonly node: OutputRef<Node>;
  readonly descriptions: {
    readonly connection: string;
    /** Plural of the node, as in "The … of this page". */
    readonly items: string;
    readonly edge: string;
    readonly node: string;
  };
}

/**
 * Defines the connection and edge types of one list, as in Relay. Fields of one's own are added to the refs that it answers: facts about the
 * link to the edge, facts about the list to the connection.
 */
export type DefineConnection = ReturnType<typeof createConnectionTypes>;

/** Defines `PageInfo`, and answers what defines connections. */
export const createConnectionTypes = (builder: GraphBuilder) => {
  const pageInfo = definePageInfo(builder);
  return <Node, Facts = undefined, About = undefined>({ name, node, descriptions }: ConnectionTypeOptions<Node>) => {
    const edge = builder.objectRef<Edge<Node, Facts>>(`${name}Edge`).implement({
      description: descriptions.edge,
      fields: (t) => ({
        cursor: t.exposeString('cursor', {
          description: 'Opaque handle on this place in the list, for `after` and `before`.',
        }),
        node: t.expose('node', { type: node, description: descriptions.node }),
      }),
    });
    const connection = builder.objectRef<Connection<Node, Facts, About>>(`${name}Connection`).implement({
      description: descriptions.connection,
      fields: (t) => ({
        edges: t.expose('edges', {
          type: [edge],
          description: `The ${descriptions.items} of this page, each with its cursor.`,
        }),
        nodes: t.expose('nodes', {
          type: [node],
          description: `The ${descriptions.items} of this page. Cheaper than edges where no cursors are needed.`,
        }),
        pageInfo: t.expose('pageInfo', { type: pageInfo, description: 'Where this page lies in the whole list.' }),
        totalCount: t.int({
          nullable: true,
          description:
            'How many there are on all pages together: exact, never a guess. Where upstream does not count them, as in every filtered list of subjects, asking for this reads the whole list, once; null with an error where that takes more calls than the gateway allows.',
          resolve: (connection) => connection.totalCount,
        }),
      }),
    });
    return { connection, edge };
  };
};

const definePageInfo = (builder: GraphBuilder) =>
  builder.objectRef<PageInfo>('PageInfo').implement({
    description: 'Where a page of a connection lies in the whole list, as the Relay specification defines it.',
    fields: (t) => ({
      hasNextPage: t.boolean({
        description: 'Whether at least one more item follows this page. Exact in both directions.',
        resolve: (pageInfo) => pageInfo.hasNextPage,
      }),
      hasPreviousPage: t.boolean({
        description: 'Whether at least one more item precedes this page. Exact in both directions.',
        resolve: (pageInfo) => pageInfo.hasPreviousPage,
      }),
      startCursor: t.exposeString('startCursor', {
        nullable: true,
        description: 'Cursor of the first edge; null on an empty page.',
      }),
      endCursor: t.exposeString('endCursor', {
        nullable: true,
        description:
          'Cursor of the last edge; null on an empty page. A filtered list that stopped at its budget of upstream calls gives a cursor to go on from even where the page is empty.',
      }),
    }),
  });
