import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../support/manual-clock.ts';
import { list, openSandbox, referencesOf, tokenOf, walk } from '../../client.ts';

const seedSubjects = [
  {
    subjectReference: '286f5456-a0ac-4e8a-8508-5c2224b47ae6',
    roles: [
      {
        roleName: 'admin',
        scopes: [
          { mspUuid: 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a' },
          { customerUuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' },
        ],
      },
      { roleName: 'auditor', scopes: [{ mspUuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' }] },
    ],
  },
  {
    subjectReference: 'ae9e45d2-9ee6-43e7-9b68-a650d62eeff1',
    roles: [
      {
        roleName: 'admin',
        scopes: [
          { mspUuid: 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a' },
          { customerUuid: 'ff572f63-8965-47da-9d9d-cb994dc9da10' },
        ],
      },
      {
        roleName: 'auditor',
        scopes: [
          { mspUuid: 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a' },
          { customerUuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' },
        ],
      },
    ],
  },
];
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('a page of role assignments', () => {
  it('opens with the two subjects of the example, as written', async () => {
    const { status, page } = await list(await openSandbox({ subjects: 100 }), { pageSize: 2 });
    expect(status).toBe(200);
    expect(page.assignments).toEqual(seedSubjects);
    expect(page.totalSize).toBe('100');
  });

  it('is the world of the example alone where the world has two subjects', async () => {
    const { page } = await list(await openSandbox({ subjects: 2 }));
    expect(page).toEqual({ assignments: seedSubjects, nextPageToken: '', totalSize: '2' });
  });

  it.each([
    ['', 50],
    ['pageSize=', 50],
    ['pageSize=0', 50],
    ['pageSize=1', 1],
    ['pageSize=007', 7],
    ['pageSize=1000', 1000],
    ['pageSize=1001', 1000],
    ['pageSize=99999', 1000],
  ])('has for "%s" %i subjects', async (query, count) => {
    const { status, page } = await list(await openSandbox({ subjects: 1500 }), query);
    expect(status).toBe(200);
    expect(page.assignments).toHaveLength(count);
    expect(page.nextPageToken).not.toBe('');
  });

  it.each([
    ['pageSize=-1', 'negative'],
    ['pageSize=1.5', 'not an integer'],
    ['pageSize=ten', 'not an integer'],
    ['pageSize=%2B5', 'not an integer'],
    ['pageSize=0x10', 'not an integer'],
    ['pageSize=100000', 'larger than 99999'],
    ['pageSize=1&pageSize=2', 'more than once'],
    ['page_size=1', 'unknown query parameter'],
    ['filter=admin', 'unknown query parameter'],
    ['includeNestedScopes=yes', 'neither true nor false'],
    ['includeNestedScopes=TRUE', 'neither true nor false'],
    [`subjectReference=${'x'.repeat(101)}`, 'longer than 100'],
    ['subjectType=USER', 'subject_type is not a documented name'],
    ['subjectType=SUBJECT_TYPE_ROBOT', 'subject_type is not a documented name'],
    [`pageToken=${'x'.repeat(129)}`, 'longer than 128'],
    ['pageToken=x', 'not a token'],
    [`orderBy=${'subjectType,'.repeat(9)}`, 'longer than 100'],
    ['orderBy=roleName', 'unknown field "roleName"'],
    ['orderBy=subjectType asc', 'only " desc"'],
    ['orderBy=subjectType desc desc', 'only " desc"'],
    ['orderBy=subjectType,', 'unknown field ""'],
    ['orderBy=subjectType,subject_type', 'twice'],
    ['orderBy=constructor', 'unknown field "constructor"'],
  ])('is refused for "%s"', async (query, reason) => {
    const { status, error, headers } = await list(await openSandbox({ subjects: 10 }), query);
    expect(status).toBe(400);
    expect(error).toEqual({
      code: 3,
      message: expect.stringContaining(reason),
      details: [{ reason: expect.stringMatching(/^CANARY-/) }],
    });
    expect(headers.get('request-id')).toMatch(uuid);
  });

  it('takes empty arguments as absent ones', async () => {
    const sandbox = await openSandbox({ subjects: 10 });
    const empty = 'includeNestedScopes=&subjectReference=&subjectType=&pageSize=&pageToken=&orderBy=';
    expect((await list(sandbox, empty)).page).toEqual((await list(sandbox)).page);
  });

  it('names a different request every time', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const ids = await Promise.all(
      Array.from({ length: 5 }, async () => (await list(sandbox)).headers.get('request-id')),
    );
    expect(new Set(ids).size).toBe(5);
    expect(sandbox.transcript().map((entry) => entry.requestId)).toEqual(expect.arrayContaining(ids));
  });

  it.each([
    ['number', 10],
    ['omitted', undefined],
    [{ value: '3000000000' }, '3000000000'],
  ] as const)('writes totalSize as %j where it is told to', async (totalSize, written) => {
    const { page } = await list(await openSandbox({ subjects: 10, totalSize }));
    expect(page.totalSize).toBe(written);
  });
});

describe('page tokens', () => {
  it.each([1, 7, 50, 1000])('lead through the whole list in pages of %i', async (pageSize) => {
    const sandbox = await openSandbox({ subjects: 103 });
    const all = (await list(sandbox, { pageSize: 1000 })).page.assignments;
    const pages = await walk(sandbox, { pageSize });
    expect(pages.flatMap((page) => page.assignments)).toEqual(all);
    expect(pages).toHaveLength(Math.ceil(103 / pageSize));
  });

  it('may be followed with another page size', async () => {
    const sandbox = await openSandbox({ subjects: 30 });
    const first = (await list(sandbox, { pageSize: 4 })).page;
    const second = (await list(sandbox, { pageSize: 100, pageToken: first.nextPageToken ?? '' })).page;
    expect(referencesOf([first, second])).toEqual(referencesOf(await walk(sandbox)));
    expect(second.nextPageToken).toBe('');
  });

  it('have at most 128 characters and survive a restart with the same world', async () => {
    const before = await openSandbox({ subjects: 30 });
    const { page } = await list(before, { pageSize: 4 });
    expect(page.nextPageToken?.length).toBeLessThanOrEqual(128);
    await before.close();
    const after = await openSandbox({ subjects: 30 });
    const next = await list(after, { pageSize: 4, pageToken: page.nextPageToken ?? '' });
    expect(next.page.assignments).toEqual((await list(after, { pageSize: 8 })).page.assignments.slice(4));
  });

  it.each([
    ['includeNestedScopes', true],
    ['orderBy', 'subjectType'],
    ['subjectReference', seedSubjects[0]?.subjectReference ?? ''],
  ] as const)('are refused where %s changes', async (name, value) => {
    const sandbox = await openSandbox({ subjects: 30 });
    const pageToken = (await list(sandbox, { pageSize: 4 })).page.nextPageToken ?? '';
    const { status, error } = await list(sandbox, { pageToken, [name]: value });
    expect(status).toBe(400);
    expect(error.message).toBe('page_token belongs to a request with other arguments');
  });

  it('are refused from another caller', async () => {
    const sandbox = await openSandbox({ subjects: 30 });
    const pageToken = (await list(sandbox, { pageSize: 4 })).page.nextPageToken ?? '';
    const { status } = await list(sandbox, { pageToken }, { token: await tokenOf(sandbox, 'customer') });
    expect(status).toBe(400);
  });

  it('are refused when any one character is changed', async () => {
    const sandbox = await openSandbox({ subjects: 30 });
    const token = (await list(sandbox, { pageSize: 4 })).page.nextPageToken ?? '';
    expect(token.length).toBeGreaterThan(10);
    for (let i = 0; i < token.length; i++) {
      const pageToken = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
      const { status } = await list(sandbox, { pageToken });
      expect(status, `character ${i}`).toBe(400);
    }
  });

  it('expire', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 30, clock, pageTokenLifetimeMs: 60_000 });
    const pageToken = (await list(sandbox, { pageSize: 4 })).page.nextPageToken ?? '';
    clock.advance(59_999);
    expect((await list(sandbox, { pageToken })).status).toBe(200);
    clock.advance(1);
    const { status, error } = await list(sandbox, { pageToken });
    expect(status).toBe(400);
    expect(error.message).toBe('page_token has expired');
  });
});

describe('page shapes', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'give short and empty pages that lead through the same list, seed %i',
    async (seed) => {
      const sandbox = await openSandbox({ subjects: 100, pageShape: { seed } });
      const pages = await walk(sandbox, { pageSize: 10 });
      sandbox.control.configure({ pageShape: 'full' });
      expect(referencesOf(pages)).toEqual(referencesOf(await walk(sandbox, { pageSize: 10 })));
      const lengths = pages.map((page) => page.assignments.length);
      expect(lengths.some((length) => length > 0 && length < 10)).toBe(true);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(10);
      const tokens = pages.map((page) => page.nextPageToken);
      expect(new Set(tokens).size).toBe(tokens.length);
    },
  );

  it('give, among a few seeds, empty pages in the middle and at the end', async () => {
    const shapes: number[][] = [];
    for (let seed = 0; seed < 10; seed++) {
      const sandbox = await openSandbox({ subjects: 40, pageShape: { seed } });
      shapes.push((await walk(sandbox, { pageSize: 10 })).map((page) => page.assignments.length));
    }
    expect(shapes.some((lengths) => lengths.slice(0, -1).includes(0))).toBe(true);
    expect(shapes.some((lengths) => lengths.at(-1) === 0)).toBe(true);
  });

  it('are the same every time', async () => {
    const sandbox = await openSandbox({ subjects: 100, pageShape: { seed: 3 } });
    const lengths = async (): Promise<number[]> =>
      (await walk(sandbox, { pageSize: 9 })).map((page) => page.assignments.length);
    expect(await lengths()).toEqual(await lengths());
  });

  it('hand the same token back where they are stuck', async () => {
    const sandbox = await openSandbox({ subjects: 30, pageShape: 'stuck' });
    const first = (await list(sandbox, { pageSize: 4 })).page.nextPageToken ?? '';
    const second = (await list(sandbox, { pageSize: 4, pageToken: first })).page.nextPageToken;
    expect(first).not.toBe('');
    expect(second).toBe(first);
  });
});

describe('subjectReference', () => {
  it('finds every subject of the list by itself', async () => {
    const sandbox = await openSandbox({ subjects: 60 });
    for (const entry of (await list(sandbox, { pageSize: 60 })).page.assignments) {
      const { page } = await list(sandbox, { subjectReference: entry.subjectReference ?? '' });
      expect(page).toEqual({ assignments: [entry], nextPageToken: '', totalSize: '1' });
    }
  });

  it('gives an empty list for a subject that nobody knows', async () => {
    const sandbox = await openSandbox({ subjects: 10 });
    for (const subjectReference of ['nobody', '286f5456-a0ac-4e8a-8508-5c2224b47ae7', 'ä']) {
      const { status, page } = await list(sandbox, { subjectReference });
      expect(status).toBe(200);
      expect(page).toEqual({ assignments: [], nextPageToken: '', totalSize: '0' });
    }
  });

  it('heeds subjectType beside it, and alone subjectType says nothing', async () => {
    const sandbox = await openSandbox({ subjects: 60 });
    const all = (await list(sandbox, { pageSize: 60 })).page.assignments;
    const device = all.find((entry) => entry.subjectType === 'SUBJECT_TYPE_DEVICE');
    const subjectReference = device?.subjectReference ?? '';
    const count = async (query: Record<string, string>): Promise<number> =>
      (await list(sandbox, { pageSize: 60, ...query })).page.assignments.length;
    expect(await count({ subjectReference, subjectType: 'SUBJECT_TYPE_DEVICE' })).toBe(1);
    expect(await count({ subjectReference, subjectType: 'SUBJECT_TYPE_USER' })).toBe(0);
    expect(await count({ subjectReference, subjectType: 'SUBJECT_TYPE_UNSPECIFIED' })).toBe(1);
    expect(await count({ subjectType: 'SUBJECT_TYPE_DEVICE' })).toBe(60);
  });

  it('finds the subjects of the example, whose type is absent, under no type', async () => {
    const sandbox = await openSandbox({ subjects: 10 });
    const subjectReference = seedSubjects[0]?.subjectReference ?? '';
    const found = await list(sandbox, { subjectReference, subjectType: 'SUBJECT_TYPE_UNSPECIFIED' });
    expect(found.page.assignments).toEqual(seedSubjects.slice(0, 1));
    const { page } = await list(sandbox, { subjectReference, subjectType: 'SUBJECT_TYPE_USER' });
    expect(page.assignments).toEqual([]);
  });
});

describe('orderBy', () => {
  const typeOf = (type: string | undefined): string => type ?? 'SUBJECT_TYPE_UNSPECIFIED';

  it.each(['subjectReference', 'subject_reference', ' subjectReference '])('sorts by "%s"', async (orderBy) => {
    const sandbox = await openSandbox({ subjects: 300 });
    const references = referencesOf(await walk(sandbox, { orderBy, pageSize: 37 }));
    expect(references).toEqual(referencesOf(await walk(sandbox)).toSorted());
  });

  it('sorts downwards', async () => {
    const sandbox = await openSandbox({ subjects: 300 });
    const references = referencesOf(await walk(sandbox, { orderBy: 'subject_reference  desc' }));
    expect(references).toEqual(
      referencesOf(await walk(sandbox))
        .toSorted()
        .toReversed(),
    );
  });

  it.each(['subjectType desc,subjectReference', 'subject_type desc , subject_reference'])(
    'sorts by "%s"',
    async (orderBy) => {
      const sandbox = await openSandbox({ subjects: 300 });
      const sorted = (await walk(sandbox, { orderBy })).flatMap((page) => page.assignments);
      const expected = sorted.toSorted((a, b) => {
        const [typeA, typeB] = [typeOf(a.subjectType), typeOf(b.subjectType)];
        if (typeA !== typeB) return typeA < typeB ? 1 : -1;
        return (a.subjectReference ?? '') < (b.subjectReference ?? '') ? -1 : 1;
      });
      expect(sorted).toEqual(expected);
      expect(typeOf(sorted[0]?.subjectType)).toBe('SUBJECT_TYPE_USER_GROUP');
    },
  );

  it("keeps the world's own order among equals", async () => {
    const sandbox = await openSandbox({ subjects: 100 });
    const own = (await walk(sandbox)).flatMap((page) => page.assignments);
    const sorted = (await walk(sandbox, { orderBy: 'subjectType' })).flatMap((page) => page.assignments);
    const users = (entries: typeof own) => entries.filter((entry) => entry.subjectType === 'SUBJECT_TYPE_USER');
    expect(users(sorted)).toEqual(users(own));
    expect(sorted.map((entry) => typeOf(entry.subjectType))).toEqual(
      own.map((entry) => typeOf(entry.subjectType)).toSorted(),
    );
  });

  it('sorts what a bound caller sees', async () => {
    const sandbox = await openSandbox({ subjects: 300 });
    const token = await tokenOf(sandbox, 'customer');
    const own = referencesOf(await walk(sandbox, {}, token));
    expect(own.length).toBeGreaterThan(20);
    expect(referencesOf(await walk(sandbox, { orderBy: 'subjectReference', pageSize: 6 }, token))).toEqual(
      own.toSorted(),
    );
  });
});

describe('includeNestedScopes', () => {
  it('joins the scopes of a role by those nested in them, each once, and leaves global roles alone', async () => {
    const sandbox = await openSandbox({ subjects: 200 });
    const plain = (await list(sandbox, { pageSize: 200 })).page.assignments;
    const nested = (await list(sandbox, { pageSize: 200, includeNestedScopes: true })).page.assignments;
    expect(nested).toHaveLength(plain.length);
    let widened = 0;
    for (const [i, entry] of plain.entries()) {
      for (const [j, role] of (entry.roles ?? []).entries()) {
        const scopes = nested[i]?.roles?.[j]?.scopes;
        expect(scopes?.slice(0, role.scopes?.length)).toEqual(role.scopes);
        expect(new Set(scopes?.map((scope) => JSON.stringify(scope))).size).toBe(scopes?.length ?? 0);
        if ((scopes?.length ?? 0) > (role.scopes?.length ?? 0)) widened++;
      }
    }
    expect(widened).toBeGreaterThan(100);
    const globalsOf = (entries: typeof plain) =>
      entries.map((entry) => entry.roles?.filter((role) => (role.scopes ?? []).length === 0));
    expect(globalsOf(nested)).toEqual(globalsOf(plain));
  });

  it('goes down from the MSP to users, devices, subscriptions and policies', async () => {
    const sandbox = await openSandbox({ subjects: 200 });
    const subjectReference = seedSubjects[0]?.subjectReference ?? '';
    const { page } = await list(sandbox, { subjectReference, includeNestedScopes: true });
    const [admin, auditor] = page.assignments[0]?.roles ?? [];
    const fields = new Set((admin?.scopes ?? []).flatMap((scope) => Object.keys(scope)));
    expect([...fields].toSorted()).toEqual([
      'assetGroupUuid',
      'customerUuid',
      'deviceUuid',
      'mspUuid',
      'policyUuid',
      'siteUuid',
      'subscriptionUuid',
      'tenantUuid',
      'userUuid',
    ]);
    // The other role is at an MSP that has a customer's uuid and no customers: nothing is nested in it.
    expect(auditor?.scopes).toEqual([{ mspUuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' }]);
  });

  it('names users and devices by the references of subjects', async () => {
    const sandbox = await openSandbox({ subjects: 50 });
    const subjectReference = seedSubjects[0]?.subjectReference ?? '';
    const { page } = await list(sandbox, { subjectReference, includeNestedScopes: true });
    const scopes = page.assignments[0]?.roles?.[0]?.scopes ?? [];
    const uuids = scopes.flatMap((scope) => scope.userUuid ?? scope.deviceUuid ?? []);
    expect(uuids.length).toBeGreaterThan(30);
    const known = new Set(referencesOf(await walk(sandbox)));
    expect(uuids.filter((uuid) => !known.has(uuid))).toEqual([]);
  });
});

describe('everything else', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/v2/role-assignments/'],
    ['GET', '/v2/roles'],
    ['POST', '/v2/role-assignments'],
    ['POST', '/v2/role-assignments:listRoles'],
    ['GET', '/oauth/token'],
  ])('has nothing for %s %s', async (method, path) => {
    const sandbox = await openSandbox({ subjects: 2 });
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${sandbox.adminToken}` },
    });
    expect(response.status).toBe(404);
    expect(response.headers.get('request-id')).toMatch(uuid);
    expect(await response.json()).toMatchObject({ code: 5, details: [{ reason: expect.stringMatching(/^CANARY-/) }] });
  });

  it('refuses options that make no world', async () => {
    for (const subjects of [0, 1, 1_000_001, 2.5, Number.NaN]) {
      await expect(openSandbox({ subjects })).rejects.toThrow('subjects must be an integer from 2 to 1000000');
    }
  });

  it('keeps credentials out of the transcript', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const token = await tokenOf(sandbox, 'customer');
    await list(sandbox, { pageSize: 5 }, { token });
    const told = JSON.stringify(sandbox.transcript());
    expect(told).not.toContain(token);
    expect(told).not.toContain('sandbox-customer');
    expect(sandbox.transcript()).toMatchObject([
      { number: 1, method: 'POST', path: '/oauth/token', grantType: 'password', status: 200 },
      {
        number: 2,
        path: '/v2/role-assignments',
        query: { pageSize: '5' },
        user: 'customer@sandbox.example',
        status: 200,
      },
    ]);
  });
});
