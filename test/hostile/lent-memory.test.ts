import { createServer, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createGateway } from '../../src/index.ts';
import { addressesOf } from '../support/addresses-of.ts';
import { poisonReleases } from '../support/poisoned-releases.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway({ sandbox: { subjects: 12_000 }, settings: { cacheTtlMs: 0 }, isSandboxMode: false });
});
afterAll(() => gateway.close());

const fields = 'nodes { id reference rawType roles { edges { cursor node { name scopes { nodes { kind uuid } } } } } }';
const page = `query ($after: String) { subjects(first: 1000, after: $after) { pageInfo { endCursor } ${fields} } }`;
/** More than a connection takes while nobody reads. */
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const pages = `query (${names.map((name) => `$${name}: String`).join()}) {
  ${names.map((name) => `${name}: subjects(first: 1000, after: $${name}) { ${fields} }`).join(' ')}
}`;

/** Asks, and answers once the answer begins. Nothing of it is read before somebody does. */
const begin = (variables: object, query: string, url = gateway.url): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${gateway.sandbox.adminToken}`, 'content-type': 'application/json' };
    request(`${url}/graphql`, { method: 'POST', headers, agent: false }, resolve)
      .once('error', reject)
      .end(JSON.stringify({ query, variables }));
  });
const read = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
/** Cursors at the ends of pages hold tokens, which are new ones each time. */
const rowsOf = (text: string): string => text.slice(text.indexOf('"nodes"'), text.lastIndexOf(']') + 1);
const ask = async (variables: object, query = page): Promise<string> => await read(await begin(variables, query));

describe('memory that is used again', () => {
  it('never shows one client what is another’s, nor loses anything, however slowly they read', async () => {
    const cursors: (string | null)[] = [null];
    const expected: string[] = [];
    for (let at = 0; at < 10; at++) {
      const text = await ask({ after: cursors[at] });
      const { data } = JSON.parse(text) as { data: { subjects: { pageInfo: { endCursor: string } } } };
      cursors.push(data.subjects.pageInfo.endCursor);
      expected.push(rowsOf(text));
    }
    const pagesFrom = (at: number) => Object.fromEntries(names.map((name, n) => [name, cursors[(at + n) % 10]]));

    const poisoned = poisonReleases();
    // These have their answers and do not read them while others ask.
    const slow = await Promise.all(Array.from({ length: 6 }, (_, at) => begin(pagesFrom(at), pages)));
    const leaving = await Promise.all(Array.from({ length: 3 }, (_, at) => begin(pagesFrom(at + 1), pages)));
    for (const response of leaving) response.destroy();
    for (let round = 0; round < 4; round++) {
      const asked = Array.from({ length: 8 }, (_, n) => (3 * n + round) % 10);
      const texts = await Promise.all(asked.map((at) => ask({ after: cursors[at] })));
      texts.forEach((text, n) => expect(rowsOf(text) === expected[asked[n] as number]).toBe(true));
    }
    const whole = await Promise.all(slow.map(read));
    whole.forEach((text, at) => {
      const { data, errors } = JSON.parse(text) as { data: Record<string, unknown>; errors?: unknown };
      expect(errors).toBeUndefined();
      names.forEach((name, n) => expect(JSON.stringify(data[name]) === `{${expected[(at + n) % 10]}}`).toBe(true));
    });
    // Of each body, its places and its answer, or nothing was tried.
    expect(poisoned.end()).toBeGreaterThan(3 * 4 * 8);
  }, 60_000);

  it('leaves an answer to whoever else serves it, and may keep what is written', async () => {
    const poisoned = poisonReleases();
    const own = createGateway({ ...addressesOf(gateway.sandbox), rateLimit: 1000, cacheTtlMs: 0 });
    const written: (() => unknown[])[] = [];
    const host = createServer((incoming, response) => {
      const [write, end] = [vi.spyOn(response, 'write'), vi.spyOn(response, 'end')];
      written.push(() =>
        [...write.mock.calls, ...end.mock.calls].flatMap(([chunk]) => (chunk ? [chunk as unknown] : [])),
      );
      own.handle(incoming, response);
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const { port } = host.address() as { port: number };
    const text = await read(await begin({}, page, `http://127.0.0.1:${port}`));
    expect(text.length).toBeGreaterThan(500_000);
    const kept = written.flatMap((chunks) => chunks()) as Buffer[];
    expect(Buffer.concat(kept).toString() === text).toBe(true);
    expect(poisoned.end()).toBeGreaterThan(0);
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
    await own.close();
  });
});
