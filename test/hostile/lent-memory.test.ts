import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bufferPool } from '../../src/platform/buffer-pool.ts';
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
const begin = (variables: object, query: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${gateway.sandbox.adminToken}`, 'content-type': 'application/json' };
    request(`${gateway.url}/graphql`, { method: 'POST', headers, agent: false }, resolve)
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

    // What is released is written over at once, and not when somebody happens to need it.
    const release = bufferPool.release.bind(bufferPool);
    let releases = 0;
    const spy = vi.spyOn(bufferPool, 'release').mockImplementation((view) => {
      if (!bufferPool.lends(view)) return;
      releases++;
      new Uint8Array(view.buffer).fill(0x58);
      release(view);
    });

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
    spy.mockRestore();
    // Of each body, its places and its answer, or nothing was tried.
    expect(releases).toBeGreaterThan(3 * 4 * 8);
  }, 60_000);
});
