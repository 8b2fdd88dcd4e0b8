import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Aborter } from '../../src/platform/abort.ts';
import { createCallBudget } from '../../src/model/call-budget.ts';
import type { Caller, Operation } from '../../src/model/operation.ts';
import { createUpstreamReport, type UpstreamReport } from '../../src/model/upstream-report.ts';
import { createResponseCache } from '../../src/operations/response-cache.ts';
import { heldBytes } from '../support/held-bytes.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { logIn, type RunningGateway, runGateway } from '../support/running-gateway.ts';

const alice: Caller = { credentialKey: 'k', reference: 'alice' };
const operationOf = (report: Partial<UpstreamReport> = {}, bypassCache = false): Operation => ({
  id: 'o',
  caller: alice,
  signal: new Aborter().signal,
  deadlineMs: Infinity,
  budget: createCallBudget(1),
  report: { ...createUpstreamReport(), ...report },
  bypassCache,
});

describe('kept answers', () => {
  const setUp = (maxBytes = 1_000_000) => {
    const clock = createManualClock();
    const stamps = new Map<string, number>();
    const freshness = { versionOf: (key: string) => stamps.get(key) ?? 0 };
    const kept = createResponseCache({ freshness, clock, maxBytes });
    const keepOnce = (text: string, report: Partial<UpstreamReport> = {}, caller = alice, question = 'q') =>
      kept.entryFor(caller, question)?.keep(operationOf(report), [Buffer.from(text)]);
    const keep = (...given: Parameters<typeof keepOnce>) => {
      keepOnce(...given);
      keepOnce(...given);
    };
    const find = (caller = alice, question = 'q') => kept.entryFor(caller, question)?.answer;
    return { clock, stamps, kept, keepOnce, keep, find };
  };

  it('are given again, with what they told of their pages', () => {
    const { clock, keep, find } = setUp();
    const oldestPageAtMs = clock.nowMs();
    expect(find()).toBeUndefined();
    keep('answer', { fromCache: 2, oldestPageAtMs });
    expect(find()).toMatchObject({ fromCache: 2, oldestPageAtMs });
    expect(find()?.body.join()).toBe('answer');
  });

  it('are copies, which nobody writes over', () => {
    const { kept, find } = setUp();
    const sent = Buffer.from('answer');
    for (let i = 0; i < 2; i++) kept.entryFor(alice, 'q')?.keep(operationOf(), [sent]);
    sent.fill('x');
    expect(find()?.body.join()).toBe('answer');
  });

  it('are not kept where something in them is good for once only', () => {
    const { keep, find } = setUp();
    keep('answer', { freshUntilMs: -Infinity });
    expect(find()).toBeUndefined();
  });

  it.each([
    ['another question', alice, 'r'],
    ['another credential', { ...alice, credentialKey: 'l' }, 'q'],
    ['another reference behind one credential', { ...alice, reference: 'bob' }, 'q'],
    ['no reference behind one credential', { ...alice, reference: null }, 'q'],
    ['another name behind one credential', { ...alice, name: 'key b' }, 'q'],
    ['parts that read alike when put together', { credentialKey: 'k5', reference: 'alice' }, 'q'],
    ['a question that looks like a name', { credentialKey: 'k', reference: null }, '5:alice-q'],
  ])('are not given to %s', (_title, caller, question) => {
    const { keep, find } = setUp();
    keep('answer');
    expect(find(caller, question)).toBeUndefined();
    expect(find()).toBeDefined();
  });

  it('are given no longer than everything in them is fresh', () => {
    const { clock, keep, find } = setUp();
    keep('answer', { oldestPageAtMs: clock.nowMs() - 400, freshUntilMs: clock.nowMs() + 600 });
    clock.advance(599);
    expect(find()).toBeDefined();
    clock.advance(1);
    expect(find()).toBeUndefined();
  });

  it('are not given once a page of the caller has come or gone', () => {
    const { stamps, keep, find } = setUp();
    keep('answer');
    stamps.set('l', 1);
    expect(find()).toBeDefined();
    stamps.set('k', 2);
    expect(find()).toBeUndefined();
  });

  it('are not made of an answer that cost a call, bypassed the cache, or saw its pages change', () => {
    const { stamps, kept, keep, find } = setUp();
    keep('answer', { calls: 1 });
    expect(find()).toBeUndefined();
    const answer = [Buffer.from('answer')];
    for (let time = 0; time < 2; time++) kept.entryFor(alice, 'q')?.keep(operationOf({}, true), answer);
    expect(find()).toBeUndefined();
    for (let time = 1; time < 3; time++) {
      const entry = kept.entryFor(alice, 'q');
      stamps.set('k', time);
      entry?.keep(operationOf(), answer);
    }
    expect(find()).toBeUndefined();
  });

  it('are kept from the second time on', () => {
    const { keepOnce, find } = setUp();
    keepOnce('answer');
    for (let i = 0; i < 999; i++) keepOnce('answer', {}, alice, `q${i}`);
    expect(find()).toBeUndefined();
    keepOnce('answer');
    expect(find()).toBeDefined();
    // What was asked too long ago is asked for the first time again.
    for (let i = 0; i < 1001; i++) keepOnce('answer', {}, alice, `r${i}`);
    keepOnce('answer', {}, alice, 'r0');
    expect(find(alice, 'r0')).toBeUndefined();
  });

  it('are not kept for questions that are longer than anybody asks twice', () => {
    const { kept, keep, find } = setUp();
    const long = 'q'.repeat(5000);
    keep('answer', {}, alice, long);
    expect(find(alice, long)).toBeUndefined();
    expect(kept.entryFor(alice, long)).toBeUndefined();
  });

  it('stay within their bytes, the longest unused gone first, and what is too large alone not kept', () => {
    const { keep, find } = setUp(10_000);
    keep('x'.repeat(20_000), {}, alice, 'large');
    expect(find(alice, 'large')).toBeUndefined();
    for (let i = 0; i < 10; i++) keep('x'.repeat(1500), {}, alice, `q${i}`);
    expect(find(alice, 'q0')).toBeUndefined();
    expect(find(alice, 'q9')).toBeDefined();
  });

  it('make room for those that come after them once they are of no use', () => {
    const { clock, keep, find } = setUp(100_000_000);
    const [count, bytes] = [200, 100_000];
    const keepAll = (name: string): void => {
      const report = { freshUntilMs: clock.nowMs() + 1000 };
      for (let i = 0; i < count; i++) keep('x'.repeat(bytes), report, alice, `${name}${i}`);
    };
    keepAll('first');
    const held = heldBytes();
    for (const name of ['second', 'third']) {
      clock.advance(1000);
      keepAll(name);
    }
    expect(heldBytes() - held).toBeLessThan((count * bytes) / 4);
    expect(find(alice, 'third0')).toBeDefined();
    expect(find(alice, `third${count - 1}`)).toBeDefined();
  });
});

describe('a gateway that keeps answers', () => {
  const clock = createManualClock();
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway({
      sandbox: { subjects: 400 },
      settings: { cacheTtlMs: 10_000 },
      parts: { clock },
      isSandboxMode: false,
    });
  });
  afterAll(() => gateway.close());

  const query =
    'query Page($first: Int) { viewer { reference } subjects(first: $first) { totalCount nodes { reference roles { nodes { name scopes { nodes { uuid } } } } } } }';
  const askAs = async (token: string, headers: Record<string, string> = {}, first = 30) => {
    const answer = await gateway.ask(query, { first }, { authorization: `Bearer ${token}`, ...headers });
    return { answer: JSON.stringify(answer.data), calls: gateway.upstreamQueries().length, answerWhole: answer };
  };

  it('answers the same from upstream, from pages and from the answer itself', async () => {
    const token = gateway.sandbox.adminToken;
    const first = await askAs(token);
    expect(first.calls).toBe(1);
    for (let time = 0; time < 5; time++) expect(await askAs(token)).toMatchObject({ answer: first.answer, calls: 0 });
    // Who wants to know what it cost is told the truth each time.
    const reported = await askAs(token, { 'rolescope-report': 'true' });
    expect(reported.answer).toBe(first.answer);
    expect(reported.answerWhole.extensions?.upstream).toMatchObject({ calls: 0, fromCache: 1 });
  });

  it('asks upstream again when the pages are no longer fresh', async () => {
    const token = gateway.sandbox.adminToken;
    await askAs(token);
    await askAs(token);
    clock.advance(10_000);
    expect((await askAs(token)).calls).toBe(1);
  });

  it('never gives one caller what another got', async () => {
    const admin = gateway.sandbox.adminToken;
    const customer = await logIn(gateway.sandbox, 'customer@');
    const answers = { admin: await askAs(admin), customer: await askAs(customer) };
    expect(answers.customer.answer).not.toBe(answers.admin.answer);
    for (let time = 0; time < 4; time++) {
      expect((await askAs(admin)).answer).toBe(answers.admin.answer);
      expect((await askAs(customer)).answer).toBe(answers.customer.answer);
    }
    expect((await askAs('somebody-else')).answerWhole.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('gives what was read since by somebody who would have nothing kept', async () => {
    const token = await logIn(gateway.sandbox, 'customer@');
    for (let time = 0; time < 3; time++) await askAs(token);
    const before = await askAs(token);
    const superuser = gateway.sandbox.control.actingAs('superuser@sandbox.example');
    superuser.unassign('customer@sandbox.example', 'one customer');
    superuser.assign('customer@sandbox.example', 'all static groups');
    // Within the time that pages are fresh nothing new is asked, but by who asks for it.
    expect(await askAs(token)).toMatchObject({ answer: before.answer, calls: 0 });
    const anew = await askAs(token, { 'cache-control': 'no-cache' });
    expect(anew.calls).toBe(1);
    expect(anew.answer).not.toBe(before.answer);
    for (let time = 0; time < 3; time++) expect(await askAs(token)).toMatchObject({ answer: anew.answer, calls: 0 });
  });

  it('keeps no error', async () => {
    const token = gateway.sandbox.adminToken;
    clock.advance(10_000);
    gateway.sandbox.control.setFaults([{ status: 403 }]);
    for (let time = 0; time < 3; time++) {
      expect((await askAs(token)).answerWhole.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    gateway.sandbox.control.setFaults([]);
    expect((await askAs(token)).answerWhole.errors).toBeUndefined();
  });
});

describe('a gateway with a credential of its own', () => {
  it('tells each of its callers who they are, however often they ask', async () => {
    const gateway = await runGateway({
      sandbox: { subjects: 300 },
      isSandboxMode: false,
      settings: {
        auth: 'service',
        username: 'administrator@sandbox.example',
        password: 'sandbox-administrator',
        apiKeys: ['a:key-of-a', 'b:key-of-b'],
      },
    });
    try {
      const query = '{ viewer { reference } subjects(first: 5) { nodes { reference } } }';
      const ask = (key: string) => gateway.ask(query, undefined, { 'x-api-key': key });
      const first = await ask('key-of-a');
      for (let time = 0; time < 4; time++) {
        expect(await ask('key-of-a')).toEqual(first);
        expect(await ask('key-of-b')).toEqual(first);
        expect((await ask('key-of-c')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
      }
    } finally {
      await gateway.close();
    }
  });
});
