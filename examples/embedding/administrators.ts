/** Where the graph is, and as whom to ask it. */
export interface Graph {
  readonly url: string;
  readonly token: string;
}

/**
 * Asks who administers a customer, by a role there or by one that holds everywhere. An application's own code: it knows nothing of Rolescope's.
 * One answer may be a part of all, also a small one: one question may cost only so many upstream calls.
 */
export const administratorsOf = async (customerUuid: string, graph: Graph): Promise<string[]> => {
  const administrators: string[] = [];
  let after: string | null = null;
  do {
    const { nodes, pageInfo } = await holdersOf(customerUuid, after, graph);
    administrators.push(...nodes.map(({ reference }) => reference));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return administrators;
};

interface Holders {
  readonly nodes: readonly { readonly reference: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const holdersOf = async (customerUuid: string, after: string | null, { url, token }: Graph): Promise<Holders> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { customerUuid, after } }),
  });
  const { data, errors } = (await response.json()) as Answer;
  const subjects = data?.scope.subjects;
  // A field is null only where an error says why.
  if (subjects) return subjects;
  const [error] = errors ?? [];
  throw new Error(`${error?.extensions.code}: ${error?.message}`);
};

interface Answer {
  readonly data?: { readonly scope: { readonly subjects: Holders | null } } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const query = /* GraphQL */ `
  query Administrators($customerUuid: ID!, $after: String) {
    scope(by: { customerUuid: $customerUuid }) {
      subjects(first: 1000, after: $after, roleName: "admin", includeGlobal: true) {
        nodes {
          reference
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;
