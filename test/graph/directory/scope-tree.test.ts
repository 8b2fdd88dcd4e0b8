import { afterEach, describe, expect, it } from 'vitest';
import { namedWorld, uuidOf } from '../../directory/named-world.ts';
import { runGateway, type RunningGateway } from '../../support/running-gateway.ts';

const [root, company, office, one, two, self, orphan] = [0, 1, 2, 3, 4, 5, 6].map((index) => uuidOf('group', index));
const group = (uuid: string | undefined, displayName: string, parentGroupUuid?: string, isSecurityGroup = true) => ({
  uuid,
  displayName,
  isSecurityGroup,
  ...(parentGroupUuid !== undefined && { parentGroupUuid }),
});

const world = () =>
  namedWorld({
    directory: {
      deviceGroups: [
        group(root, 'All'),
        {
          ...group(company, 'Company', root),
          linkedEntityType: 'DEVICE_GROUP_ENTITY_TYPE_COMPANY',
        },
        group(office, 'Office', company),
        group(uuidOf('group', 20), 'Outdated', company, false),
        group(one, 'One', two),
        group(two, 'Two', one),
        group(self, 'Self', self),
        group(orphan, 'Orphan', uuidOf('group', 99)),
      ],
      devices: [
        ...Array.from({ length: 5 }, (_, index) => ({
          uuid: uuidOf('device', index),
          displayName: `Laptop ${4 - index}`,
          parentGroupUuid: office,
        })),
        { uuid: uuidOf('device', 9), displayName: 'Astray', parentGroupUuid: uuidOf('group', 99) },
      ],
    },
  });

interface TreeScope {
  readonly parent: { readonly kind: string; readonly uuid: string } | null;
  readonly ancestors: readonly { readonly kind: string; readonly displayName: string | null }[] | null;
  readonly children: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly kind: string; readonly uuid: string; readonly displayName: string | null }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  } | null;
}

const query = /* GraphQL */ `
  query ($by: ScopeInput!, $first: Int, $after: String) {
    scope(by: $by) {
      parent {
        kind
        uuid
      }
      ancestors {
        kind
        displayName
      }
      children(first: $first, after: $after) {
        totalCount
        nodes {
          kind
          uuid
          displayName
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;

describe('the place of a scope', () => {
  let gateway: RunningGateway;
  afterEach(() => gateway.close());

  const ask = async (by: object, paging: object = {}): Promise<TreeScope> => {
    const { data, errors } = await gateway.ask<{ readonly scope: TreeScope }, object>(query, { by, ...paging });
    expect(errors).toBeUndefined();
    return data?.scope as TreeScope;
  };
  const pathOf = ({ ancestors }: TreeScope) => ancestors?.map(({ kind, displayName }) => `${kind} ${displayName}`);

  it('of a device is its group, what groups above stand for, and so on up', async () => {
    gateway = await runGateway({ sandbox: { world: world() } });
    const device = await ask({ deviceUuid: uuidOf('device', 0) });
    expect(pathOf(device)).toEqual([
      'ASSET_GROUP Office',
      'ASSET_GROUP Company',
      'CUSTOMER Company',
      'ASSET_GROUP All',
    ]);
    expect(device.parent).toEqual({ kind: 'ASSET_GROUP', uuid: office });
    expect(device.children).toMatchObject({ totalCount: 0, nodes: [] });
    expect(pathOf(await ask({ customerUuid: company }))).toEqual(['ASSET_GROUP All']);
    // A customer's group lies in the customer, and what stands for a customer lies in the group above.
    expect((await ask({ assetGroupUuid: company })).parent).toEqual({ kind: 'CUSTOMER', uuid: company });
    expect((await ask({ assetGroupUuid: root })).children?.nodes).toMatchObject([{ kind: 'CUSTOMER', uuid: company }]);
    expect((await ask({ customerUuid: company })).children?.nodes).toMatchObject([
      { kind: 'ASSET_GROUP', uuid: company },
    ]);
    // The dynamic group is no scope, and does not occur.
    expect((await ask({ assetGroupUuid: company })).children?.nodes).toMatchObject([
      { kind: 'ASSET_GROUP', uuid: office },
    ]);
  });

  it('ends where parents go round in a circle, are missing, or are the group itself', async () => {
    gateway = await runGateway({ sandbox: { world: world() } });
    expect(pathOf(await ask({ assetGroupUuid: one }))).toEqual(['ASSET_GROUP Two']);
    expect((await ask({ assetGroupUuid: one })).children?.nodes).toMatchObject([{ uuid: two }]);
    expect(await ask({ assetGroupUuid: self })).toMatchObject({
      parent: null,
      ancestors: [],
      children: { totalCount: 0 },
    });
    expect(await ask({ assetGroupUuid: orphan })).toMatchObject({ parent: null, ancestors: [] });
    expect(await ask({ deviceUuid: uuidOf('device', 9) })).toMatchObject({ parent: null, ancestors: [] });
  });

  it('is none for what has no place in the tree, without a call', async () => {
    gateway = await runGateway({ sandbox: { world: world() } });
    const nowhere = { parent: null, ancestors: [], children: { totalCount: 0 } };
    expect(await ask({ tenantUuid: root })).toMatchObject(nowhere);
    expect(await ask({ policyUuid: uuidOf('policy', 0) })).toMatchObject(nowhere);
    expect(await ask({ userUuid: uuidOf('user', 0) })).toMatchObject(nowhere);
    expect(gateway.sandbox.transcript()).toEqual([]);
  });

  it('tells the devices in a group by name, in pages that cost no call more', async () => {
    gateway = await runGateway({ sandbox: { world: world() } });
    const first = await ask({ assetGroupUuid: office }, { first: 3 });
    expect(first.children).toMatchObject({
      totalCount: 5,
      nodes: [{ displayName: 'Laptop 0' }, { displayName: 'Laptop 1' }, { displayName: 'Laptop 2' }],
      pageInfo: { hasNextPage: true },
    });
    gateway.sandbox.clearTranscript();
    const rest = await ask({ assetGroupUuid: office }, { first: 3, after: first.children?.pageInfo.endCursor });
    expect(rest.children).toMatchObject({
      totalCount: 5,
      nodes: [{ displayName: 'Laptop 3' }, { displayName: 'Laptop 4' }],
      pageInfo: { hasNextPage: false },
    });
    // The names of two devices more.
    expect(gateway.sandbox.transcript().every(({ path }) => /^\/v1\/devices(:batchGet)?$/.test(path))).toBe(true);
  });

  it('is null where the tree cannot be read', async () => {
    gateway = await runGateway({ sandbox: { world: world(), faults: [{ domain: 'devices', status: 403 }] } });
    const unknown = { parent: null, ancestors: null, children: null };
    expect(await ask({ assetGroupUuid: office })).toEqual(unknown);
    expect(await ask({ customerUuid: company })).toEqual(unknown);
    expect(await ask({ deviceUuid: uuidOf('device', 0) })).toMatchObject({ parent: null, ancestors: null });
  });
});
