import type { Ask } from './load.ts';

const nodesFields = 'reference type roles { nodes { name isGlobal scopes { nodes { kind uuid } } } }';
const edgesFields =
  'id reference type roles { edges { cursor node { name isGlobal scopes { edges { cursor node { kind uuid } } } } } }';

/** A question as clients post it. */
export const graphqlAsk = (query: string, variables: Readonly<Record<string, unknown>>): Ask => ({
  path: '/graphql',
  body: JSON.stringify({ query, variables }),
});

/** What one contender is asked. `handle` is its way of naming a page: a cursor, or upstream's page token. Absent: the first page. */
export interface Dialect {
  page(size: number, handle: string | undefined): Ask;
  subject(reference: string): Ask;
  /** Reads the handle on the next page from the answer to `page`; undefined on the last one. */
  nextHandle(answer: string): string | undefined;
}

const textAfter = (answer: string, name: string): string | undefined => {
  const start = answer.lastIndexOf(`"${name}":"`);
  if (start === -1) return undefined;
  const from = start + name.length + 4;
  return answer.slice(from, answer.indexOf('"', from)) || undefined;
};

const list = (query: Record<string, string>): Ask => ({
  path: `/v2/role-assignments?${new URLSearchParams(query).toString()}`,
});

/** Upstream's own REST, as the bare proxy passes it through. */
export const rest: Dialect = {
  page: (size, pageToken) => list({ pageSize: String(size), ...(pageToken === undefined ? {} : { pageToken }) }),
  subject: (subjectReference) => list({ subjectReference }),
  nextHandle: (answer) => textAfter(answer, 'nextPageToken'),
};

/** The gateway written by hand. */
export const byHand: Dialect = {
  page: (first, pageToken) =>
    graphqlAsk(
      `query Page($first: Int, $pageToken: String) { subjects(first: $first, pageToken: $pageToken) { totalCount nodes { ${nodesFields} } nextPageToken } }`,
      { first, pageToken: pageToken ?? '' },
    ),
  subject: (reference) =>
    graphqlAsk(`query One($reference: String!) { subject(reference: $reference) { ${nodesFields} } }`, { reference }),
  nextHandle: (answer) => textAfter(answer, 'nextPageToken'),
};

const rolescope = (items: string, fields: string): Dialect => ({
  page: (first, after) =>
    graphqlAsk(
      `query Page($first: Int, $after: String) { subjects(first: $first, after: $after) { totalCount ${items} pageInfo { hasNextPage endCursor } } }`,
      { first, after: after ?? null },
    ),
  subject: (reference) =>
    graphqlAsk(`query One($reference: String!) { subject(reference: $reference) { ${fields} } }`, { reference }),
  nextHandle: (answer) => (answer.includes('"hasNextPage":true') ? textAfter(answer, 'endCursor') : undefined),
});

/** Rolescope without cursors on the items, as the peers answer. */
export const nodes = rolescope(`nodes { ${nodesFields} }`, nodesFields);

/** Rolescope as a Relay client asks: a cursor on every edge of every level. */
export const edges = rolescope(`edges { cursor node { ${edgesFields} } }`, edgesFields);
