import { afterEach, describe, expect, it } from 'vitest';
import { parseWorld } from '../../../src/sandbox/world/file/world-file.ts';
import { createAccessWorld, findingsIn, type AccessWorld } from '../../access/worlds.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { logIn, type RunningGateway, runGateway } from '../../support/running-gateway.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const open = async (seed: number, settings = {}): Promise<AccessWorld> => {
  const world = createAccessWorld(seed);
  gateway = await runGateway({ sandbox: { world: world.sandbox }, settings });
  return world;
};

interface Finding {
  readonly id: string;
  readonly kind: string;
  readonly severity: string;
  readonly subject: { readonly reference: string };
  readonly scopedRole: { readonly name: string } | null;
  readonly scope: { readonly components: readonly { readonly field: string; readonly uuid: string }[] } | null;
  readonly explanation: string;
}
interface Data {
  readonly census: {
    readonly findings: {
      readonly totalCount: number;
      readonly nodes: readonly Finding[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  };
}

const fields =
  'totalCount pageInfo { hasNextPage endCursor } nodes { id kind severity explanation subject { reference } scopedRole { name } scope { components { field uuid } } }';

const ask = async (args: string, token = gateway.sandbox.adminToken) => {
  const { data, errors } = await gateway.ask<Data, object>(
    `{ census { findings(${args}) { ${fields} } } }`,
    {},
    { authorization: `Bearer ${token}` },
  );
  expect(errors).toBeUndefined();
  return data?.census.findings as Data['census']['findings'];
};

const textOf = ({ kind, severity, subject, scopedRole, scope }: Finding): string =>
  [
    kind,
    severity,
    subject.reference,
    scopedRole?.name ?? '-',
    scope === null
      ? '-'
      : scope.components
          .map(({ field, uuid }) => `${field}=${uuid}`)
          .toSorted()
          .join('&'),
  ].join(' ');

const sorted = (findings: readonly Finding[]): string[] => findings.map(textOf).toSorted();

describe.each([1, 2, 3])('findings over world %i', (seed) => {
  it('are those of every grant, in a total order, each with an id of its own and a sentence', async () => {
    const world = await open(seed);
    const { nodes, totalCount } = await ask('first: 1000');
    expect(sorted(nodes)).toEqual(findingsIn(world));
    expect(totalCount).toBe(nodes.length);
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    for (const { explanation } of nodes) expect(explanation).toMatch(/^[A-Z].*\. .*\.$/);
    const ranks = nodes.map(({ severity }) => ['HIGH', 'MEDIUM', 'LOW'].indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted((one, other) => one - other));
    const met: Finding[] = [];
    for (let after = ''; ;) {
      const page = await ask(`first: 17${after}`);
      met.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) break;
      after = `, after: "${page.pageInfo.endCursor}"`;
    }
    expect(met).toEqual(nodes);
  });

  it('are those of the kinds and severities that are asked for', async () => {
    const world = await open(seed);
    const all = findingsIn(world);
    const kindsOf = (text: string) => text.split(' ')[0] ?? '';
    for (const kinds of [['GLOBAL_GRANT'], ['REDUNDANT_GRANT', 'MISSING_SCOPE'], []]) {
      const { nodes } = await ask(`first: 1000, kinds: [${kinds.join(' ')}]`);
      expect(sorted(nodes)).toEqual(all.filter((text) => kinds.includes(kindsOf(text))));
    }
    for (const [least, severities] of [
      ['HIGH', ['HIGH']],
      ['MEDIUM', ['HIGH', 'MEDIUM']],
      ['LOW', ['HIGH', 'MEDIUM', 'LOW']],
    ] as const) {
      const { nodes } = await ask(`first: 1000, minSeverity: ${least}`);
      expect(sorted(nodes)).toEqual(all.filter((text) => severities.some((one) => text.split(' ')[1] === one)));
    }
  });

  it('call nothing missing that cannot be looked for, and say which groups cannot be read', async () => {
    const world = await open(seed);
    const withoutUsers = await ask('first: 1000', await logIn(gateway.sandbox, 'no-users'));
    const users = new Set(world.users);
    const isOfUser = (text: string) =>
      (text.startsWith('MISSING_SUBJECT') && users.has(text.split(' ')[2] ?? '')) ||
      (text.startsWith('MISSING_SCOPE') && text.includes('userUuid'));
    expect(sorted(withoutUsers.nodes)).toEqual(findingsIn(world, false).filter((text) => !isOfUser(text)));
    const withoutDevices = await ask('first: 1000', await logIn(gateway.sandbox, 'no-devices'));
    const expected = findingsIn(world);
    for (const text of sorted(withoutDevices.nodes)) expect(expected).toContain(text);
    expect(sorted(withoutDevices.nodes).filter((text) => /^MISSING_SCOPE.*(?:device|assetGroup)/.test(text))).toEqual(
      [],
    );
  });
});

describe('findings', () => {
  it.each([
    ['users', { usersUrl: '' }, /^MISSING_SUBJECT .*|^MISSING_SCOPE .*userUuid/],
    ['devices', { devicesUrl: '' }, /^MISSING_SCOPE .*(?:device|assetGroup)/],
    ['users', {}, /^MISSING_SUBJECT .*|^MISSING_SCOPE .*userUuid/],
    ['devices', {}, /^MISSING_SCOPE .*(?:device|assetGroup)/],
  ] as const)('call nothing missing where the domain of %s is down, with %j', async (domain, settings, missing) => {
    const world = createAccessWorld(1);
    const devices = new Set(
      world.subjects
        .filter(({ subjectType }) => subjectType.endsWith('DEVICE'))
        .map(({ subjectReference }) => subjectReference),
    );
    gateway = await runGateway({
      sandbox: {
        world: world.sandbox,
        faults: Object.keys(settings).length === 0 ? [{ domain, status: 500 }] : [],
      },
      settings,
    });
    const isOfDomain = (text: string) =>
      missing.test(text) && (!text.startsWith('MISSING_SUBJECT') || !devices.has(text.split(' ')[2] ?? ''));
    const truth = findingsIn(world);
    const told = sorted((await ask('first: 1000')).nodes);
    expect(truth.filter(isOfDomain)).not.toEqual([]);
    expect(told.filter(isOfDomain)).toEqual([]);
    // What the domain does not tell is told all the same.
    const own = /^(?:GLOBAL_GRANT|BROAD_GRANT|WITHOUT_ROLES|UNKNOWN_KIND) /;
    expect(told.filter((text) => own.test(text))).toEqual(truth.filter((text) => own.test(text)));
    expect(told.filter((text) => !truth.includes(text) && !text.startsWith('GRANT_THROUGH_UNREADABLE_GROUP'))).toEqual(
      [],
    );
  });

  it('tell of types and fields that nobody knows', async () => {
    const world = parseWorld({
      allowUnknown: true,
      subjects: [
        {
          subjectReference: 'r2',
          subjectType: 'SUBJECT_TYPE_ROBOT',
          roles: [{ roleName: 'admin', scopes: [{ planetUuid: 'mars' }, { siteUuid: 's' }] }],
        },
      ],
    });
    gateway = await runGateway({ sandbox: { world } });
    const { nodes } = await ask('kinds: [UNKNOWN_KIND]');
    expect(nodes.map(textOf)).toEqual(['UNKNOWN_KIND LOW r2 - -', 'UNKNOWN_KIND LOW r2 admin planetUuid=mars']);
    expect(nodes[0]?.explanation).toContain('SUBJECT_TYPE_ROBOT');
  });

  it('tell of a policy that is not in the list, and not of one that is', async () => {
    const [known, gone] = [1, 2].map((index) => `${index}0000000-0000-4000-8000-000000000000`);
    const world = parseWorld({
      subjects: [
        {
          subjectReference: 'reader',
          subjectType: 'SUBJECT_TYPE_SERVICE',
          roles: [{ roleName: 'admin', scopes: [{ policyUuid: known }, { policyUuid: gone }] }],
        },
      ],
      directory: { policies: [{ uuid: known, displayName: 'Firewall' }] },
    });
    gateway = await runGateway({ sandbox: { world } });
    const { nodes } = await ask('kinds: [MISSING_SCOPE]');
    expect(nodes.map(textOf)).toEqual([`MISSING_SCOPE LOW reader admin policyUuid=${gone}`]);
  });

  it('ask the directory for nothing where no kind needs it', async () => {
    await open(1);
    await ask('kinds: [GLOBAL_GRANT, BROAD_GRANT, WITHOUT_ROLES, UNKNOWN_KIND]');
    await ask('minSeverity: HIGH');
    expect(new Set(gateway.sandbox.transcript().map(({ path }) => path))).toEqual(new Set(['/v2/role-assignments']));
  });

  it('are told of a domain that was closed as soon as it is asked again', async () => {
    const world = createAccessWorld(1);
    const clock = createManualClock();
    gateway = await runGateway({
      sandbox: { world: world.sandbox, faults: [{ domain: 'users', status: 501 }], clock },
      settings: { cacheTtlMs: 300_000 },
      parts: { clock },
    });
    const truth = findingsIn(world).filter((text) => text.startsWith('MISSING_'));
    const args = 'first: 1000, kinds: [MISSING_SUBJECT MISSING_SCOPE]';
    const before = await ask(args);
    expect(before.nodes.length).toBeLessThan(truth.length);
    gateway.sandbox.control.setFaults([]);
    gateway.sandbox.clearTranscript();
    clock.advance(59_999);
    expect(await ask(args)).toEqual(before);
    expect(gateway.sandbox.transcript()).toEqual([]);
    clock.advance(1);
    const { nodes } = await ask(args);
    expect(sorted(nodes)).toEqual(truth);
    gateway.sandbox.clearTranscript();
    expect((await ask(args)).nodes).toEqual(nodes);
    expect(gateway.sandbox.transcript()).toEqual([]);
  });
});
