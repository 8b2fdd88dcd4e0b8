import { afterEach, describe, expect, it } from 'vitest';
import { parseWorld } from '../../../src/sandbox/world/file/world-file.ts';
import { type RunningGateway, runGateway } from '../../support/running-gateway.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const uuid = (kind: number, index: number): string => `${kind}0000000-0000-4000-8000-00000000000${index}`;
const people = [
  { uuid: uuid(1, 0), displayName: 'Nova' },
  { uuid: uuid(1, 1), displayName: 'Novák Petr', primaryEmailAddress: 'petr@one.test' },
  { uuid: uuid(1, 2), displayName: 'Ana Novák', primaryEmailAddress: 'ana@one.test' },
  { uuid: uuid(1, 3), displayName: 'Supernova' },
  { uuid: uuid(1, 4), displayName: 'Bob', primaryEmailAddress: 'bob@one.test', proxyEmailAddresses: ['nova@two.test'] },
  { uuid: uuid(1, 5), displayName: 'Carol' },
];
const world = {
  subjects: [
    ...people.map((person, index) => ({
      subjectReference: person.uuid,
      subjectType: 'SUBJECT_TYPE_USER',
      roles: [
        { roleName: index % 2 === 0 ? 'nova-admin' : 'auditor', scopes: [{ assetGroupUuid: uuid(7, index % 2) }] },
      ],
    })),
    {
      subjectReference: 'service-nova',
      subjectType: 'SUBJECT_TYPE_SERVICE',
      roles: [{ roleName: 'auditor', scopes: [] }],
    },
    { subjectReference: uuid(2, 0), subjectType: 'SUBJECT_TYPE_DEVICE', roles: [] },
  ],
  users: [
    { name: 'everything', password: 'p', permissionSets: ['everything'] },
    { name: 'no-users', password: 'p', permissionSets: ['no users'] },
  ],
  permissionSets: [
    { name: 'everything', staticGroups: 'all', functionality: ['all'] },
    { name: 'no users', staticGroups: 'all', functionality: ['role-assignments.read', 'devices.read'] },
  ],
  directory: {
    users: people,
    devices: [{ uuid: uuid(2, 0), displayName: 'NOVA-TILL' }],
    deviceGroups: [
      { uuid: uuid(7, 0), displayName: 'Nova Scotia', isSecurityGroup: true },
      { uuid: uuid(7, 1), displayName: 'Ulm', isSecurityGroup: true },
    ],
  },
};

interface Data {
  readonly search: {
    readonly totalCount: number;
    readonly gaps: readonly { readonly source: string; readonly resolution: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly {
      readonly matched: string;
      readonly node: {
        readonly kind: string;
        readonly reference?: string;
        readonly uuid?: string;
        readonly name?: string;
      };
    }[];
  } | null;
}

const open = async () => {
  gateway = await runGateway({ sandbox: { world: parseWorld(world) } });
};

const ask = async (args: string, token = gateway.sandbox.adminToken) => {
  const { data, errors } = await gateway.ask<Data, object>(
    `{ search(${args}) { totalCount gaps { source resolution } pageInfo { hasNextPage endCursor }
        edges { matched node { kind: __typename ... on Subject { reference } ... on Scope { uuid } ... on Role { name } } } } }`,
    {},
    { authorization: `Bearer ${token}` },
  );
  return { found: data?.search, errors };
};

/** The token of somebody to whom the users are closed. */
const logInWithoutUsers = async (): Promise<string> => {
  const response = await fetch(gateway.sandbox.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username: 'no-users', password: 'p' }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
};

const textsOf = (found: Data['search'] | undefined): string[] =>
  (found?.edges ?? []).map(
    ({ matched, node }) => `${node.kind} ${node.reference ?? node.uuid ?? node.name} ${matched}`,
  );

describe('Query.search', () => {
  it('finds exact matches first, then beginnings, words and parts; equal ones by kind, name and uuid', async () => {
    await open();
    const { found, errors } = await ask('text: "nova"');
    expect(errors).toBeUndefined();
    expect(textsOf(found)).toEqual([
      `Subject ${uuid(1, 0)} DISPLAY_NAME`,
      `Subject ${uuid(1, 4)} EMAIL`,
      `Subject ${uuid(2, 0)} DISPLAY_NAME`,
      `Subject ${uuid(1, 1)} DISPLAY_NAME`,
      `Scope ${uuid(7, 0)} DISPLAY_NAME`,
      'Role nova-admin ROLE_NAME',
      'Subject service-nova REFERENCE',
      `Subject ${uuid(1, 2)} DISPLAY_NAME`,
      `Subject ${uuid(1, 3)} DISPLAY_NAME`,
    ]);
    expect(found).toMatchObject({ totalCount: 9, gaps: [] });
  });

  it('looks among the kinds asked for, by whatever names a thing', async () => {
    await open();
    expect(textsOf((await ask('text: "NOVA", kinds: [ROLE, SCOPE]')).found)).toEqual([
      `Scope ${uuid(7, 0)} DISPLAY_NAME`,
      'Role nova-admin ROLE_NAME',
    ]);
    expect(textsOf((await ask(`text: "${uuid(7, 1)}"`)).found)).toEqual([`Scope ${uuid(7, 1)} UUID`]);
    expect(textsOf((await ask('text: "ana@one.test"')).found)).toEqual([`Subject ${uuid(1, 2)} EMAIL`]);
    expect(textsOf((await ask('text: "nobody"')).found)).toEqual([]);
  });

  it('pages through what it found', async () => {
    await open();
    const whole = textsOf((await ask('text: "nova"')).found);
    const met: string[] = [];
    for (let after = ''; ;) {
      const { found } = await ask(`text: "nova", first: 2${after}`);
      met.push(...textsOf(found));
      if (found?.pageInfo.hasNextPage !== true) break;
      after = `, after: "${found.pageInfo.endCursor}"`;
    }
    expect(met).toEqual(whole);
    const { errors } = await ask('text: "nova", after: "k"');
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
  });

  it('searches the rest where a part of the directory is closed, and says so', async () => {
    await open();
    const { found, errors } = await ask('text: "nova"', await logInWithoutUsers());
    expect(errors).toBeUndefined();
    expect(found?.gaps).toEqual([{ source: 'USERS', resolution: 'FORBIDDEN' }]);
    expect(textsOf(found)).toEqual([
      `Subject ${uuid(2, 0)} DISPLAY_NAME`,
      `Scope ${uuid(7, 0)} DISPLAY_NAME`,
      'Role nova-admin ROLE_NAME',
      'Subject service-nova REFERENCE',
    ]);
  });

  it.each(['', 'n', ' n ', 'n'.repeat(201)])('refuses a text that is too short or too long', async (text) => {
    await open();
    const { errors } = await ask(`text: "${text}"`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(gateway.upstreamQueries()).toEqual([]);
  });
});

describe('SubjectFilter.text', () => {
  const list = async (args: string, token = gateway.sandbox.adminToken) => {
    const { data, errors } = await gateway.ask<
      {
        subjects: {
          totalCount: number;
          asOf: string | null;
          gaps: object[];
          edges: { cursor: string; node: { reference: string }; roles: { name: string }[] }[];
        };
      },
      object
    >(
      `{ subjects(${args}) { totalCount asOf gaps { source resolution } edges { cursor node { reference } roles { name } } } }`,
      {},
      { authorization: `Bearer ${token}` },
    );
    expect(errors).toBeUndefined();
    return data?.subjects;
  };

  it('lists the subjects that search finds, in its order, and those of them that meet the rest of the filter', async () => {
    await open();
    const all = [uuid(1, 0), uuid(1, 4), uuid(2, 0), uuid(1, 1), 'service-nova', uuid(1, 2), uuid(1, 3)];
    const found = await list('filter: { text: "nova" }');
    expect(found?.edges.map(({ node }) => node.reference)).toEqual(all);
    expect(found?.totalCount).toBe(all.length);
    const next = await list(`filter: { text: "nova" }, first: 2, after: "${found?.edges[1]?.cursor}"`);
    expect(next?.edges.map(({ node }) => node.reference)).toEqual(all.slice(2, 4));
    const admins = await list('filter: { text: "nova", roleName: "nova-admin", type: USER }');
    expect(admins?.edges.map(({ node }) => node.reference)).toEqual([uuid(1, 0), uuid(1, 4), uuid(1, 2)]);
    expect(admins?.edges[0]?.roles).toEqual([{ name: 'nova-admin' }]);
  });

  it('keeps the order that is asked for', async () => {
    await open();
    const found = await list(
      'filter: { text: "nova" }, orderBy: [{ field: TYPE, direction: DESC }, { field: REFERENCE, direction: DESC }]',
    );
    expect(found?.edges.map(({ node }) => node.reference)).toEqual([
      'service-nova',
      uuid(2, 0),
      uuid(1, 4),
      uuid(1, 3),
      uuid(1, 2),
      uuid(1, 1),
      uuid(1, 0),
    ]);
  });

  it('says when the census was true, and in which names it could not look', async () => {
    await open();
    const { data } = await gateway.ask<{ census: { asOf: string } }, object>('{ census { asOf } }');
    expect(await list('filter: { text: "nova" }, first: 0')).toMatchObject({ asOf: data?.census.asOf, gaps: [] });
    const found = await list('filter: { text: "nova" }', await logInWithoutUsers());
    expect(found?.gaps).toEqual([{ source: 'USERS', resolution: 'FORBIDDEN' }]);
    expect(found?.edges.map(({ node }) => node.reference)).toEqual([uuid(2, 0), 'service-nova']);
  });

  it('says neither of a list that no text is looked for in', async () => {
    await open();
    expect(await list('filter: { type: USER }, first: 0')).toMatchObject({ asOf: null, gaps: [] });
  });
});
