import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';
import { type Answer, type RunningGateway, runGateway } from '../../support/running-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'rolescope-manifest-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

const known = 'query Known($first: Int) { subjects(first: $first) { nodes { __typename } } }';
const other = '{ viewer { reference } }';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const relay = write('relay.json', { [hashOf(known)]: known, named: other });
const apollo = write('apollo.json', {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [{ id: hashOf(known), name: 'Known', type: 'query', body: known }],
});

const post = async ({ url, sandbox }: RunningGateway, body: object) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${sandbox.adminToken}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer<{ subjects: { nodes: object[] } }>;
};

const byHash = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } } });
const messageOf = (answer: Answer<object>) => answer.errors?.[0]?.message;

const itAnswersById = (gateway: () => RunningGateway) => {
  it.each([
    ['its hash', byHash(known)],
    ['documentId', { documentId: hashOf(known) }],
    ['documentId with the name of the hash', { documentId: `sha256:${hashOf(known)}` }],
    ['its hash and itself', { ...byHash(known), query: known }],
  ])('answers a known operation by %s', async (_how, body) => {
    const answer = await post(gateway(), { ...body, variables: { first: 2 } });
    expect(answer.data?.subjects.nodes).toHaveLength(2);
  });

  it('answers GET by id', async () => {
    const { url } = gateway();
    const queries = [
      `documentId=${hashOf(known)}&variables=${encodeURIComponent('{"first":0}')}`,
      `extensions=${encodeURIComponent(JSON.stringify(byHash(known).extensions))}&variables=${encodeURIComponent('{"first":0}')}`,
    ];
    for (const query of queries) {
      const answer = (await (await fetch(`${url}/graphql?${query}`)).json()) as Answer<object>;
      expect(messageOf(answer) ?? '').not.toContain('query');
      expect(answer.errors?.[0]?.extensions.code ?? 'UNAUTHENTICATED').toBe('UNAUTHENTICATED');
    }
  });

  it('refuses the id of one document with another', async () => {
    expect(messageOf(await post(gateway(), { ...byHash(known), query: other }))).toContain('another document');
  });
};

describe.each([
  ['Relay', relay],
  ['Apollo', apollo],
])('a manifest as %s writes it', (_form, manifest) => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway({ settings: { manifest } });
  });
  afterAll(() => gateway.close());

  itAnswersById(() => gateway);

  it('still lets other operations be sent', async () => {
    expect((await post(gateway, { query: other })).errors).toBeUndefined();
  });
});

describe('a gateway of trusted operations only', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway({ settings: { manifest: relay, trustedOnly: true, subgraph: false } });
  });
  afterAll(() => gateway.close());

  itAnswersById(() => gateway);

  it('takes a known operation that is sent whole', async () => {
    expect((await post(gateway, { query: known, variables: { first: 1 } })).data?.subjects.nodes).toHaveLength(1);
  });

  it.each([
    ['another one', { query: '{ __typename }' }],
    ['a known one with a space more', { query: `${known} ` }],
    ['one to be registered', { query: '{ __typename }', ...byHash('{ __typename }') }],
    ['introspection', { query: '{ __schema { queryType { name } } }' }],
    ['an unknown id', { documentId: 'nothing' }],
    ['an unknown hash', byHash('{ a }')],
    ['nothing at all', {}],
  ])('refuses %s', async (_what, body) => {
    gateway.sandbox.clearTranscript();
    const answer = await post(gateway, body);
    expect(answer.data).toBeUndefined();
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(messageOf(answer)).toMatch(/runs only|PersistedQueryNotFound/);
    expect(gateway.upstreamQueries()).toEqual([]);
  });
});

describe('automatic persisted queries', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway({ settings: { maxBodyBytes: 1_000_000 } });
  });
  afterAll(() => gateway.close());

  it('are registered once and asked for by hash', async () => {
    const text = 'query A { subjects(first: 3) { nodes { reference } } }';
    expect(messageOf(await post(gateway, byHash(text)))).toBe('PersistedQueryNotFound');
    expect((await post(gateway, { query: text, ...byHash(text) })).data?.subjects.nodes).toHaveLength(3);
    expect((await post(gateway, byHash(text))).data?.subjects.nodes).toHaveLength(3);
  });

  it('are not registered under the hash of something else', async () => {
    const answer = await post(gateway, { query: other, ...byHash('{ somethingElse }') });
    expect(messageOf(answer)).toContain('sha256Hash');
    expect(messageOf(await post(gateway, byHash('{ somethingElse }')))).toBe('PersistedQueryNotFound');
  });

  it('forget the oldest rather than grow', async () => {
    const texts = Array.from({ length: 60 }, (_, index) => `query Q${index} { __typename } #${'x'.repeat(90_000)}`);
    for (const text of texts) await post(gateway, { query: text, ...byHash(text) });
    const found = await Promise.all(
      texts.map(async (text) => messageOf(await post(gateway, byHash(text))) === undefined),
    );
    expect(found.filter(Boolean).length).toBeLessThan(50);
    expect(found.at(-1)).toBe(true);
  });

  it('work with the client that made them up', async () => {
    const sent: string[] = [];
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: new PersistedQueryLink({ sha256: hashOf }).concat(
        new HttpLink({
          uri: `${gateway.url}/graphql`,
          headers: { authorization: `Bearer ${gateway.sandbox.adminToken}` },
          fetch: (address, init) => {
            sent.push(init?.body as string);
            return fetch(address, init);
          },
        }),
      ),
    });
    const query = gql`
      query ByApollo {
        subjects(first: 2) {
          nodes {
            reference
          }
        }
      }
    `;
    for (const fetchPolicy of ['network-only', 'network-only'] as const) {
      const { data } = await client.query<{ subjects: { nodes: object[] } }>({ query, fetchPolicy });
      expect(data?.subjects.nodes).toHaveLength(2);
    }
    // The hash alone, then with the document, then the hash alone again.
    expect(sent.map((body) => 'query' in (JSON.parse(body) as object))).toEqual([false, true, false]);
  });
});

describe('a manifest that cannot be used', () => {
  it.each([
    ['that is not there', join(folder, 'none.json'), /^ROLESCOPE_MANIFEST "\/.*none\.json" cannot be read: ENOENT$/],
    ['that is no JSON', write('a.json', '{'), /^ROLESCOPE_MANIFEST "\/.*a\.json" is not JSON$/],
    ['of another form', write('b.json', ['a']), /^ROLESCOPE_MANIFEST "\/.*\.json" holds no operations/],
    ['with other values', write('c.json', { a: 1 }), /^ROLESCOPE_MANIFEST "\/.*\.json" holds no operations/],
    ['that is empty', write('d.json', {}), /^ROLESCOPE_MANIFEST "\/.*\.json" holds no operations/],
    ['with an operation of another graph', write('e.json', { a: '{ users { id } }' }), 'operation "a" cannot be used'],
    ['with an operation that cannot be read', write('f.json', { a: '{' }), 'operation "a" cannot be used'],
  ])('stops the start: one %s', (_what, manifest, message) => {
    expect(() => createGateway({ upstreamUrl: 'http://127.0.0.1:9', manifest })).toThrow(message);
  });

  it('stops the start where only trusted operations are to run and there is none', () => {
    const settings = { upstreamUrl: 'http://127.0.0.1:9', trustedOnly: true, subgraph: false };
    expect(() => createGateway(settings)).toThrow('ROLESCOPE_MANIFEST');
  });

  it('stops the start where only trusted operations are to run and the subgraph would take all others', async () => {
    const settings = { upstreamUrl: 'http://127.0.0.1:9', trustedOnly: true, manifest: relay };
    expect(() => createGateway(settings)).toThrow('ROLESCOPE_SUBGRAPH');
    await createGateway({ ...settings, subgraphKey: 'known only to the router' }).close();
    await createGateway({ ...settings, subgraph: false }).close();
  });
});
