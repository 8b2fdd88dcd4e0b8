import { changeKey } from './changes.ts';

/** A change as a gateway tells of it. */
export interface Told {
  readonly key: string;
  readonly roleName: string;
  readonly seenAtMs: number;
}

/** What is asked of a change. */
export const toldFields = 'kind roleName seenAt subject { reference } scope { uuid }';

/** What is answered to that. */
export interface WireChange {
  readonly kind: 'GRANTED' | 'REVOKED';
  readonly roleName: string;
  readonly seenAt: string;
  readonly subject: { readonly reference: string };
  readonly scope: { readonly uuid: string } | null;
}

export const toldOf = ({ kind, roleName, seenAt, subject, scope }: WireChange): Told => ({
  key: changeKey({ kind, roleName, reference: subject.reference, customerUuid: scope?.uuid ?? '' }),
  roleName,
  seenAtMs: Date.parse(seenAt),
});

/** Whether the record of a replica has begun. */
export const isRecording = async (url: string, apiKey: string): Promise<boolean> => {
  const { record } = await ask<{ record: { since: string | null } | null }>(url, apiKey, '{ record { since } }');
  return typeof record?.since === 'string';
};

interface ChangesAnswer {
  readonly record: {
    readonly changes: {
      readonly nodes: readonly WireChange[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  };
}

/** All changes of the record, oldest first. */
export const readRecorded = async (url: string, apiKey: string): Promise<readonly Told[]> => {
  const newestFirst: Told[] = [];
  for (let after: string | null = null; ;) {
    const answer: ChangesAnswer = await ask(
      url,
      apiKey,
      `query ($after: String) { record { changes(first: 1000, after: $after) { nodes { ${toldFields} } pageInfo { hasNextPage endCursor } } } }`,
      { after },
    );
    const { nodes, pageInfo } = answer.record.changes;
    newestFirst.push(...nodes.map(toldOf));
    if (!pageInfo.hasNextPage) return newestFirst.toReversed();
    after = pageInfo.endCursor;
  }
};

/** Streams of events that a replica has open. */
export const subscribersOf = async (url: string): Promise<number> =>
  Number(/^rolescope_subscribers (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? 0);

const ask = async <Data>(url: string, apiKey: string, query: string, variables: object = {}): Promise<Data> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
  if (errors !== undefined || data === undefined) throw new Error(`${query}: ${JSON.stringify(errors)}`);
  return data;
};
