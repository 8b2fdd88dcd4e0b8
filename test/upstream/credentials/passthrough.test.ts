import { afterEach, describe, expect, it } from 'vitest';
import { listPolicies } from '../../../src/upstream/endpoints/policies.ts';
import { createHarness, refusalOf, type Harness } from '../harness.ts';

let harness: Harness;
afterEach(() => harness.close());

describe('a token of a caller', () => {
  it('is refused here for some seconds after upstream has refused it', async () => {
    harness = await createHarness();
    const ask = () => refusalOf(harness.fetch(harness.operation({ token: 'made-up' })));
    const first = await ask();
    const second = await ask();
    expect(second).toMatchObject({ code: 'UNAUTHENTICATED', message: first.message, requestId: first.requestId });
    expect(harness.seen()).toEqual(['GET role-assignments 401']);
    await harness.clock.pass(5001);
    await ask();
    expect(harness.seen()).toEqual(['GET role-assignments 401', 'GET role-assignments 401']);
  });

  it('is refused also where a 400 spoke of it', async () => {
    harness = await createHarness({ faults: [{ status: 400, body: 'Missing Authorization', count: 1 }] });
    expect((await refusalOf(harness.fetch(harness.operation()))).code).toBe('UNAUTHENTICATED');
    expect((await refusalOf(harness.fetch(harness.operation()))).code).toBe('UNAUTHENTICATED');
    expect(harness.seen()).toHaveLength(1);
  });

  it('may be good for one domain where another refuses it', async () => {
    harness = await createHarness({ faults: [{ status: 401, domain: 'policies' }] });
    const policies = harness.upstream.call(listPolicies, { question: {}, pageSize: 1 }, harness.operation());
    expect((await refusalOf(harness.clock.run(policies))).code).toBe('UNAUTHENTICATED');
    expect((await harness.fetch(harness.operation())).items).toHaveLength(50);
  });
});
