import { afterEach, describe, expect, it } from 'vitest';
import { listSubjects } from '../federation/supergraph.ts';
import { type RunningGateway, type RunningGatewayOptions, runGateway } from '../support/running-gateway.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const open = async (settings: RunningGatewayOptions['settings'] = {}) => {
  gateway = await runGateway({ sandbox: { subjects: 3000 }, settings });
};

interface Data {
  subjects: { totalCount: number | null; nodes: { reference: string }[] };
}

const ask = (filter: object | null, first: number, totalCount = 'totalCount') =>
  gateway.ask<Data, object>(
    `query ($filter: SubjectFilter, $first: Int) { subjects(filter: $filter, first: $first) { ${totalCount} nodes { reference } } }`,
    { filter, first },
  );

const admins = { roleName: 'admin' };
const countAdmins = async () => {
  const subjects = await listSubjects(gateway.sandbox);
  gateway.sandbox.clearTranscript();
  return subjects.filter(({ roles = [] }) => roles.some(({ roleName }) => roleName === 'admin')).length;
};

describe('the total of a filtered list', () => {
  it('is exact whatever the page size and whatever is kept, for as many calls as the list has pages of 1000', async () => {
    await open({ maxCalls: 1 });
    const expected = await countAdmins();
    expect(expected).toBeGreaterThan(10);
    for (const first of [0, 1, 7]) {
      const { data, errors } = await ask(admins, first);
      expect(errors).toBeUndefined();
      expect(data?.subjects.totalCount).toBe(expected);
      expect(data?.subjects.nodes).toHaveLength(first);
    }
    expect(gateway.upstreamQueries()).toHaveLength(3);
  });

  it('costs nothing where nobody asks for it, and where upstream counts', async () => {
    await open();
    await ask(admins, 1, '__typename');
    const { data } = await ask(null, 1000);
    expect(data?.subjects.totalCount).toBe(3000);
    expect(gateway.upstreamQueries()).toHaveLength(1);
  });

  it.each([
    [0, 'costs 3 upstream calls, more than the 0'],
    [2, 'costs 3 upstream calls, more than the 2'],
  ])('fails alone, before it begins, where it may cost %i calls', async (maxCensusCalls, words) => {
    await open({ maxCensusCalls });
    const { data, errors } = await ask(admins, 1);
    expect(data?.subjects).toMatchObject({ totalCount: null, nodes: [{}] });
    expect(errors).toMatchObject([{ path: ['subjects', 'totalCount'], extensions: { code: 'CALL_BUDGET_EXCEEDED' } }]);
    expect(errors?.[0]?.message).toContain(words);
    expect(errors?.[0]?.message).toContain('ROLESCOPE_MAX_CENSUS_CALLS');
    expect(gateway.upstreamQueries()).toHaveLength(1);
  });

  it('fails alone where upstream fails on the way', async () => {
    await open();
    await ask(admins, 1, '__typename');
    gateway.sandbox.control.setFaults([{ status: 403 }]);
    const { data, errors } = await ask(admins, 1);
    expect(data?.subjects).toMatchObject({ totalCount: null, nodes: [{}] });
    expect(errors).toMatchObject([{ path: ['subjects', 'totalCount'], extensions: { code: 'FORBIDDEN' } }]);
  });
});
