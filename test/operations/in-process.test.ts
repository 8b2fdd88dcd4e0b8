import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, createSandbox, type Gateway, type Sandbox } from '../../src/index.ts';

describe('an operation asked in the process', () => {
  let sandbox: Sandbox;
  let gateway: Gateway;
  let headers: Record<string, string>;
  beforeAll(async () => {
    sandbox = await createSandbox({ subjects: 100, rateLimit: false, fairUse: false });
    gateway = createGateway({ port: 0, upstreamUrl: sandbox.url });
    headers = { Authorization: `Bearer ${sandbox.adminToken}` };
  });
  afterAll(async () => {
    await gateway.close();
    await sandbox.close();
  });

  it('is answered without listening anywhere', async () => {
    const { data, errors } = await gateway.execute<{ subjects: { totalCount: number } }>({
      query: '{ subjects(first: 1) { totalCount } }',
      headers,
    });
    expect(errors).toBeUndefined();
    expect(data?.subjects.totalCount).toBe(100);
  });

  it.each([
    { query: 'query A($n: Int) { subjects(first: $n) { nodes { reference } } }', variables: { n: 2 } },
    { query: 'query A { a: __typename } query B { b: __typename }', operationName: 'B' },
    { query: 'query A { a: __typename } query B { b: __typename }' },
    { query: '{ __schema { queryType { name } } }' },
    { query: '{ nothing }' },
    { query: '{ subjects(first: 1001) { totalCount } }' },
    { query: 'query ($n: Int!) { subjects(first: $n) { totalCount } }', variables: { n: 'many' } },
    { query: '{ subjects { totalCount } }', headers: {} },
    { query: '{' },
    { query: '{ subjects(first: 1) { nodes { reference } } }', headers: { 'rolescope-report': 'true' } },
  ])('is answered as POST /graphql answers it: $query', async ({ headers: own, ...parameters }) => {
    const url = await listening();
    const sent = own !== undefined && Object.keys(own).length === 0 ? {} : { ...headers, ...own };
    const ask = async () => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...sent },
        body: JSON.stringify(parameters),
      });
      return (await response.json()) as object;
    };
    // The first one fills what is kept: after it both cost the same.
    await ask();
    const [overHttp, inProcess] = [await ask(), await gateway.execute({ ...parameters, headers: sent })];
    expect(withoutAges(inProcess)).toEqual(withoutAges(overHttp));
  });

  it('ends when its signal aborts', async () => {
    const hanging = await createSandbox({ subjects: 10, faults: [{ form: 'hang' }] });
    const own = createGateway({ upstreamUrl: hanging.url });
    const controller = new AbortController();
    const answer = own.execute({
      query: '{ subjects(first: 1) { totalCount } }',
      headers: { authorization: `Bearer ${hanging.adminToken}` },
      signal: controller.signal,
    });
    while (hanging.transcript().length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await answer).toMatchObject({ data: { subjects: null }, errors: [{ path: ['subjects'] }] });
    await own.close();
    await hanging.close();
  });

  let address: Promise<string> | undefined;
  const listening = () => (address ??= gateway.listen());
});

const withoutAges = (answer: object): object =>
  JSON.parse(JSON.stringify(answer).replaceAll(/"oldestPageAgeMs":\d+/g, '"oldestPageAgeMs":0')) as object;
