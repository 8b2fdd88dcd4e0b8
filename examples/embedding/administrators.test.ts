import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createGateway, createSandbox, type Gateway, type Sandbox } from 'rolescope';
import { administratorsOf, type Graph } from './administrators.ts';

// Customer and subjects of ESET's own documented example, which every world of the sandbox opens with.
const customer = '30bd93aa-c0ef-4fcf-a73f-ce80610bd161';
const knownAdministrator = '286f5456-a0ac-4e8a-8508-5c2224b47ae6';

let sandbox: Sandbox;
let gateway: Gateway;
let graph: Graph;

before(async () => {
  sandbox = await createSandbox({ subjects: 50, seed: 7 });
  gateway = createGateway({ port: 0, upstreamUrl: sandbox.url, cacheTtlMs: 0 });
  graph = { url: await gateway.listen(), token: sandbox.adminToken };
});

// Faults end, and the transcript is empty again.
beforeEach(() => sandbox.control.reset());

after(async () => {
  await gateway.close();
  await sandbox.close();
});

void test('finds the administrators of a customer', async () => {
  const administrators = await administratorsOf(customer, graph);
  assert.ok(administrators.includes(knownAdministrator));
});

void test('finds the same ones every time, because the world follows from its seed', async () => {
  assert.deepEqual(await administratorsOf(customer, graph), await administratorsOf(customer, graph));
});

void test('costs one upstream call in a small account', async () => {
  await administratorsOf(customer, graph);
  assert.deepEqual(
    sandbox.transcript().map(({ method, path, status }) => `${method} ${path} ${status}`),
    ['GET /v2/role-assignments 200'],
  );
});

void test('asks on until it has them all', async () => {
  const large = await createSandbox({ subjects: 2500, rateLimit: false });
  // One upstream call for each question: no answer is more than a part.
  const frugal = createGateway({ port: 0, upstreamUrl: large.url, cacheTtlMs: 0, maxCalls: 1 });
  const all = createGateway({ port: 0, upstreamUrl: large.url, cacheTtlMs: 0 });
  try {
    const [parts, whole] = [await frugal.listen(), await all.listen()];
    const administrators = await administratorsOf(customer, { url: parts, token: large.adminToken });
    assert.equal(large.transcript().length, 3);
    assert.deepEqual(administrators, await administratorsOf(customer, { url: whole, token: large.adminToken }));
  } finally {
    await Promise.all([frugal.close(), all.close()]);
    await large.close();
  }
});

void test('says so when the caller may not ask', async () => {
  sandbox.control.setFaults([{ status: 403 }]);
  await assert.rejects(administratorsOf(customer, graph), /^Error: FORBIDDEN: /);
});

void test('takes an answer that is late', async () => {
  sandbox.control.setFaults([{ count: 1, status: 503, headers: { 'retry-after': '1' } }]);
  assert.ok((await administratorsOf(customer, graph)).includes(knownAdministrator));
});
