import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

// Whatever a request brings that a log line could repeat: no line may grow by it.

const lines: string[] = [];
const note = (fields: object, message: string): void => {
  lines.push(JSON.stringify({ ...fields, message }));
};
let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway({ parts: { logger: { debug: note, info: note, warn: note, error: note } } });
});
beforeEach(() => {
  lines.length = 0;
});
afterAll(() => gateway.close());

const long = 'N'.repeat(90_000);
const post = (body: object, headers: Readonly<Record<string, string>> = {}, path = '/graphql') =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.sandbox.adminToken}`, ...headers },
    body: JSON.stringify(body),
  });
const query = '{ viewer { reference } }';

describe('a log line', () => {
  it.each<[string, () => Promise<Response>]>([
    ['name of an operation', () => post({ query: `query ${long} ${query}` })],
    ['name of an operation that is just short enough', () => post({ query: `query ${'N'.repeat(190)} ${query}` })],
    ['name of the wanted operation', () => post({ query: `query A ${query}`, operationName: long })],
    ['name in what cannot be read', () => post({ query: `query ${long} {` })],
    ['unknown field', () => post({ query: `{ ${long} }` })],
    ['request id', () => post({ query }, { 'x-request-id': 'i'.repeat(10_000) })],
    ['trace', () => post({ query }, { traceparent: `00-${'a'.repeat(10_000)}` })],
    ['token', () => post({ query }, { authorization: `Bearer ${'t'.repeat(10_000)}` })],
    ['name of a client', () => post({ query }, { 'user-agent': 'u'.repeat(10_000), origin: gateway.url })],
    ['address', () => post({ query }, {}, `/${'p'.repeat(10_000)}`)],
    ['hash', () => post({ extensions: { persistedQuery: { version: 1, sha256Hash: long } } })],
    ['reference', () => post({ query: `{ subject(reference: "${long}") { id } }` })],
    ['variable', () => post({ query: 'query ($a: ID!) { node(id: $a) { id } }', variables: { a: long } })],
  ])('does not grow by a long one: %s', async (_what, ask) => {
    const { status } = await ask();
    expect(status).toBeLessThan(500);
    // What was sent before is answered before this one.
    await post({ query: `query Last ${query}` });
    expect(lines.some((line) => line.includes('"Last"'))).toBe(true);
    for (const line of lines) expect(line.length, line.slice(0, 300)).toBeLessThan(700);
  });
});
