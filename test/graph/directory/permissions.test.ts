import { afterEach, describe, expect, it } from 'vitest';
import { logIn, type RunningGateway, runGateway, type RunningGatewayOptions } from '../../support/running-gateway.ts';
import { permissionNames } from '../../../src/sandbox/domains/identity/permissions.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

interface Data {
  readonly permissions: {
    readonly totalCount: number;
    readonly nodes: readonly {
      readonly name: string;
      readonly functionality: string;
      readonly access: string | null;
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  } | null;
}

const query = `query ($first: Int, $after: String, $nameContains: String) {
  permissions(first: $first, after: $after, nameContains: $nameContains) {
    totalCount nodes { name functionality access } pageInfo { hasNextPage endCursor }
  }
}`;

const ask = async (variables: object, headers?: Record<string, string>) => {
  const { data, errors } = await gateway.ask<Data, object>(query, variables, headers);
  return { permissions: data?.permissions, codes: errors?.map(({ extensions }) => extensions.code) };
};

const open = async (options: RunningGatewayOptions = {}): Promise<void> => {
  gateway = await runGateway({ ...options, sandbox: { subjects: 50, ...options.sandbox } });
};

/** Calls that upstream saw since the last look. */
const calls = (): string[] => {
  const seen = gateway.sandbox.transcript().map(({ path, status }) => `${path} ${status}`);
  gateway.sandbox.clearTranscript();
  return seen;
};

describe('the permissions that roles can be made of', () => {
  it('come by name, page by page, for one call that serves every later question', async () => {
    await open();
    const names: string[] = [];
    let after: string | null = null;
    let hasNextPage = true;
    while (hasNextPage) {
      const { permissions } = await ask({ first: 50, after });
      expect(permissions?.totalCount).toBe(permissionNames().length);
      names.push(...(permissions?.nodes ?? []).map(({ name }) => name));
      ({ endCursor: after, hasNextPage } = permissions?.pageInfo ?? { endCursor: null, hasNextPage: false });
    }
    expect(names).toEqual([...permissionNames()].toSorted());
    expect(calls()).toEqual(['/v2/permissions 200']);
  });

  it('are found by a part of their name, and tell what they are for where their name does', async () => {
    await open();
    const { permissions } = await ask({ nameContains: 'CLIENT TASKS.antivirus' });
    expect(permissions?.nodes).toEqual([
      { name: 'Client Tasks.Antivirus.Write', functionality: 'Client Tasks.Antivirus', access: 'WRITE' },
    ]);
    const others = (await ask({ first: 1000 })).permissions?.nodes.filter(({ access }) => access === null);
    for (const { name, functionality } of others ?? []) expect(functionality).toBe(name);
    expect(others?.map(({ name }) => name)).toContain('trailing dot.');
    expect(others?.map(({ name }) => name)).toContain('security-viewer_Read');
  });

  it('are read to the end, however short the pages are', async () => {
    await open({ sandbox: { pageShape: { seed: 3 } } });
    const { permissions } = await ask({ first: 1000 });
    expect(permissions?.nodes.map(({ name }) => name)).toEqual([...permissionNames()].toSorted());
  });

  it('are refused to whom upstream refuses them', async () => {
    await open();
    const token = await logIn(gateway.sandbox, 'no-integrations');
    expect(await ask({}, { authorization: `Bearer ${token}` })).toEqual({ permissions: null, codes: ['FORBIDDEN'] });
  });

  it('fail alone, with a code, where upstream fails', async () => {
    await open({ sandbox: { faults: [{ path: '/v2/permissions', status: 501 }] } });
    expect(await ask({})).toEqual({ permissions: null, codes: ['UPSTREAM_ERROR'] });
  });
});
