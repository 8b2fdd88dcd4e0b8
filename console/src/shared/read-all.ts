import { fetchQuery, type GraphQLTaggedNode } from 'react-relay';
import type { IEnvironment, OperationType } from 'relay-runtime';

/** A page of a list. */
export interface Part<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null | undefined };
}

/** Reads a list to its end, with a query that takes `$cursor`. Rejects where a page cannot be had: half a list is none. */
export const readAll = async <Query extends OperationType, Row>(
  environment: IEnvironment,
  question: GraphQLTaggedNode,
  {
    variables,
    partOf,
  }: {
    readonly variables: Omit<Query['variables'], 'cursor'>;
    readonly partOf: (answer: Query['response']) => Part<Row> | null | undefined;
  },
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (let cursor: string | null = null, hasNext = true; hasNext;) {
    const answer: Query['response'] = await fetchQuery<Query>(environment, question, {
      ...variables,
      cursor,
    }).toPromise();
    const part = partOf(answer);
    if (part == null) throw new Error('the list could not be read to its end');
    rows.push(...part.nodes);
    cursor = part.pageInfo.endCursor ?? null;
    hasNext = part.pageInfo.hasNextPage && cursor !== null;
  }
  return rows;
};
