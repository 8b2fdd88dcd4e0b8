/** Where the graph is, and as whom to ask it. */
export interface Graph {
  readonly url: string;
  readonly token: string;
}

/** Asks who administers a customer, by a role there or by one that holds everywhere. An application's own code: it knows nothing of Rolescope's. */
export const administratorsOf = async (customerUuid: string, { url, token }: Graph): Promise<string[]> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { customerUuid } }),
  });
  const { data, errors } = (await response.json()) as Answer;
  const [error] = errors ?? [];
  if (error !== undefined) throw new Error(`${error.extensions.code}: ${error.message}`);
  return data?.scope.subjects?.nodes.map(({ reference }) => reference) ?? [];
};

interface Answer {
  readonly data?: {
    readonly scope: { readonly subjects: { readonly nodes: readonly { reference: string }[] } | null };
  };
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const query = /* GraphQL */ `
  query Administrators($customerUuid: ID!) {
    scope(by: { customerUuid: $customerUuid }) {
      subjects(first: 1000, roleName: "admin", includeGlobal: true) {
        nodes {
          reference
        }
      }
    }
  }
`;
