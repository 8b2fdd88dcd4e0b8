import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/sandbox/core/faults/faults.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { runGateway, type RunningGateway, type RunningGatewayOptions } from '../support/running-gateway.ts';
import { namedWorld, uuidOf } from './named-world.ts';

type SandboxDomain = 'users' | 'devices' | 'policies';

const group = uuidOf('group', 0);
const directory = {
  deviceGroups: [{ uuid: group, displayName: 'Office', isSecurityGroup: true }],
  policies: [{ uuid: uuidOf('policy', 0), displayName: 'Antivirus' }],
};
const world = () =>
  namedWorld({
    users: 1,
    devices: 1,
    directory,
    subjects: [
      {
        subjectReference: uuidOf('other', 0),
        subjectType: 'SUBJECT_TYPE_SERVICE',
        roles: [
          {
            roleName: 'auditor',
            scopes: [
              { assetGroupUuid: group },
              { policyUuid: uuidOf('policy', 0) },
              { tenantUuid: uuidOf('other', 1) },
            ],
          },
        ],
      },
    ],
  });

const question = /* GraphQL */ `
  {
    subjects {
      totalCount
      nodes {
        type
        displayName
        resolution
        roles {
          nodes {
            scopes {
              nodes {
                kind
                displayName
                resolution
              }
            }
          }
        }
      }
    }
  }
`;

interface Data {
  readonly subjects: {
    readonly totalCount: number;
    readonly nodes: readonly {
      readonly type: string;
      readonly displayName: string | null;
      readonly resolution: string;
      readonly roles: {
        readonly nodes: readonly {
          readonly scopes: {
            readonly nodes: readonly {
              readonly kind: string;
              readonly displayName: string | null;
              readonly resolution: string;
            }[];
          };
        }[];
      };
    }[];
  };
}

describe('a name that cannot be told', () => {
  let running: RunningGateway | undefined;
  let clock: ManualClock;
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  const start = async (options: RunningGatewayOptions = {}): Promise<RunningGateway> => {
    clock = createManualClock();
    running = await runGateway({
      ...options,
      sandbox: { world: world(), clock, ...options.sandbox },
      settings: { timeoutMs: 100_000, ...options.settings },
      parts: { clock },
    });
    // Loaded now: the clock must not be turned while the sandbox reads its own files.
    await running.sandbox.control.directory();
    return running;
  };

  /** What became of each kind of name. */
  const resolutionsOf = ({ subjects }: Data): Record<string, string> => {
    const named = subjects.nodes.flatMap(({ type, resolution, roles }) => [
      [type, resolution] as const,
      ...roles.nodes.flatMap(({ scopes }) => scopes.nodes.map((scope) => [scope.kind, scope.resolution] as const)),
    ]);
    return Object.fromEntries(named);
  };

  const ask = async (gateway: RunningGateway): Promise<Data> => {
    const { data, errors } = await clock.run(gateway.ask<Data, object>(question));
    expect(errors).toBeUndefined();
    expect(data?.subjects.totalCount).toBe(3);
    return data as Data;
  };

  const allFound = {
    USER: 'FOUND',
    DEVICE: 'FOUND',
    SERVICE: 'NO_SOURCE',
    ASSET_GROUP: 'FOUND',
    POLICY: 'FOUND',
    TENANT: 'NO_SOURCE',
    CUSTOMER: 'NO_SOURCE',
  };
  /** What each domain names in this world. */
  const namedBy: Readonly<Record<SandboxDomain, readonly string[]>> = {
    users: ['USER'],
    devices: ['DEVICE', 'ASSET_GROUP', 'CUSTOMER'],
    policies: ['POLICY'],
  };

  it('is none where every domain answers', async () => {
    const gateway = await start();
    expect(resolutionsOf(await ask(gateway))).toEqual(allFound);
  });

  const faults: readonly (readonly [string, Omit<FaultRule, 'domain'>, string])[] = [
    ['is closed (403)', { status: 403 }, 'FORBIDDEN'],
    ['is none of the account (501)', { status: 501 }, 'UNAVAILABLE'],
    ['fails inside (500)', { status: 500 }, 'UNAVAILABLE'],
    ['is under maintenance (503)', { status: 503 }, 'UNAVAILABLE'],
    ['gives up (504)', { status: 504 }, 'UNAVAILABLE'],
    ['takes no more (429)', { status: 429 }, 'UNAVAILABLE'],
    ['breaks the connection', { form: 'reset' }, 'UNAVAILABLE'],
    ['answers what is no JSON', { form: 'malformed' }, 'UNAVAILABLE'],
    ['answers a page for people', { form: 'html' }, 'UNAVAILABLE'],
    ['answers nothing', { form: 'empty' }, 'UNAVAILABLE'],
    ['never answers', { form: 'hang' }, 'UNAVAILABLE'],
    ['is slow for ever (202)', { takesMs: 10_000_000 }, 'UNAVAILABLE'],
  ];

  for (const domain of ['users', 'devices', 'policies'] as const) {
    it.each(faults)(`leaves the rest whole and says why where ${domain} %s`, async (_what, fault, resolution) => {
      const gateway = await start({ sandbox: { faults: [{ domain, ...fault }] } });
      const beganMs = clock.nowMs();
      const expected = { ...allFound, ...Object.fromEntries(namedBy[domain].map((kind) => [kind, resolution])) };
      expect(resolutionsOf(await ask(gateway))).toEqual(expected);
      expect(clock.nowMs() - beganMs).toBeLessThanOrEqual(100_000);
    });

    it(`is told as unavailable where the region has no ${domain}, without a call`, async () => {
      const gateway = await start({ settings: { [`${domain}Url`]: undefined } });
      const expected = { ...allFound, ...Object.fromEntries(namedBy[domain].map((kind) => [kind, 'UNAVAILABLE'])) };
      expect(resolutionsOf(await ask(gateway))).toEqual(expected);
      expect(gateway.sandbox.transcript().some((call) => call.domain === domain)).toBe(false);
    });
  }

  it.each([
    ['users', 'subjectsByEmail(emails: ["nobody@people.example"]) { reference }'],
    ['devices', `scope(by: { assetGroupUuid: "${group}" }) { displayName }`],
  ] as const)(
    'is told as closed once rights to %s are taken away while it runs, and asked for once a minute',
    async (domain, everything) => {
      const gateway = await start({ settings: { namesTtlMs: 1000 } });
      expect(resolutionsOf(await ask(gateway))).toEqual(allFound);
      clock.advance(1001);
      gateway.sandbox.control.setFaults([{ domain, status: 403 }]);
      gateway.sandbox.clearTranscript();
      await clock.run(gateway.ask(`{ ${everything} }`));
      const expected = { ...allFound, ...Object.fromEntries(namedBy[domain].map((kind) => [kind, 'FORBIDDEN'])) };
      expect(resolutionsOf(await ask(gateway))).toEqual(expected);
      expect(resolutionsOf(await ask(gateway))).toEqual(expected);
      expect(gateway.sandbox.transcript().filter((call) => call.domain === domain)).toHaveLength(1);
      gateway.sandbox.control.setFaults([]);
      clock.advance(60_001);
      expect(resolutionsOf(await ask(gateway))).toEqual(allFound);
    },
  );

  it('is told where it is only slow for a while', async () => {
    const gateway = await start({ sandbox: { faults: [{ domain: 'users', takesMs: 45_000, poll: false }] } });
    expect(resolutionsOf(await ask(gateway))).toEqual(allFound);
  });
});

describe('an odd name', () => {
  const odd = {
    none: undefined,
    empty: '',
    long: 'x'.repeat(10_000),
    rightToLeft: '\u202Eelbadaer\u202C שלום',
    control: 'a\u0000b\u0007c\nd\u001B[31m',
    markup: '<img src=x onerror=alert(1)>',
  } as const;

  it('is given as it is, in JSON alone, and never as a log line', async () => {
    const lines: unknown[][] = [];
    const note =
      (level: string) =>
      (...parts: unknown[]): void =>
        void lines.push([level, ...parts]);
    const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
    const names = Object.values(odd);
    const gateway = await runGateway({
      sandbox: {
        world: namedWorld({
          users: names.length,
          directory: {
            users: names.map((displayName, index) => ({
              uuid: uuidOf('user', index),
              ...(displayName !== undefined && { displayName }),
            })),
          },
        }),
      },
      parts: { logger },
    });
    try {
      const { data, errors } = await gateway.ask<Data, object>(
        '{ subjects { nodes { displayName resolution roles { nodes { name } } } } }',
      );
      expect(errors).toBeUndefined();
      expect(data?.subjects.nodes.map(({ displayName }) => displayName)).toEqual([null, null, ...names.slice(2)]);
      expect(data?.subjects.nodes.every(({ resolution }) => resolution === 'FOUND')).toBe(true);
      const logged = JSON.stringify(lines);
      for (const name of names.slice(2)) expect(logged).not.toContain(JSON.stringify(name).slice(1, -1));
    } finally {
      await gateway.close();
    }
  });

  it('is given whole where it is 100 kB long', async () => {
    const user = { uuid: uuidOf('user', 0), displayName: 'y'.repeat(100_000) };
    const gateway = await runGateway({
      sandbox: {
        world: namedWorld({ users: 1 }),
        faults: [{ domain: 'users', status: 200, body: JSON.stringify({ users: [user] }) }],
      },
    });
    try {
      const { data } = await gateway.ask<Data, object>('{ subjects { nodes { displayName } } }');
      expect(data?.subjects.nodes).toEqual([{ displayName: user.displayName }]);
    } finally {
      await gateway.close();
    }
  });

  it('of a dynamic group is told, though such a group has no place in the tree', async () => {
    const [all, dynamic] = [uuidOf('group', 0), uuidOf('group', 1)];
    const gateway = await runGateway({
      sandbox: {
        world: namedWorld({
          directory: {
            deviceGroups: [
              { uuid: all, displayName: 'All', isSecurityGroup: true },
              { uuid: dynamic, displayName: 'Outdated', isSecurityGroup: false, parentGroupUuid: all },
            ],
          },
        }),
      },
    });
    try {
      const { data } = await gateway.ask(/* GraphQL */ `
        {
          dynamic: scope(by: { assetGroupUuid: "${dynamic}" }) {
            displayName
            resolution
            ancestors { uuid }
            target { ... on AssetGroup { eset { displayName isStatic } } }
          }
          all: scope(by: { assetGroupUuid: "${all}" }) {
            children { totalCount }
            target { ... on AssetGroup { eset { isStatic } } }
          }
        }
      `);
      expect(data).toEqual({
        dynamic: {
          displayName: 'Outdated',
          resolution: 'FOUND',
          ancestors: [],
          target: { eset: { displayName: 'Outdated', isStatic: false } },
        },
        all: { children: { totalCount: 0 }, target: { eset: { isStatic: true } } },
      });
    } finally {
      await gateway.close();
    }
  });

  it('belongs to the domain that was asked, where two things of two domains have one uuid', async () => {
    const uuid = uuidOf('other', 7);
    const roles = [{ roleName: 'auditor', scopes: [] }];
    const gateway = await runGateway({
      sandbox: {
        world: namedWorld({
          subjects: [
            { subjectReference: uuid, subjectType: 'SUBJECT_TYPE_USER', roles },
            { subjectReference: uuid, subjectType: 'SUBJECT_TYPE_DEVICE', roles },
          ],
          directory: {
            users: [{ uuid, displayName: 'A person' }],
            devices: [{ uuid, displayName: 'A machine' }],
            policies: [{ uuid, displayName: 'A policy' }],
          },
        }),
      },
    });
    try {
      const { data } = await gateway.ask(
        /* GraphQL */ `
          query ($uuid: ID!) {
            subjects {
              nodes {
                type
                displayName
              }
            }
            policy: scope(by: { policyUuid: $uuid }) {
              displayName
            }
          }
        `,
        { uuid },
      );
      expect(data).toEqual({
        subjects: {
          nodes: [
            { type: 'USER', displayName: 'A person' },
            { type: 'DEVICE', displayName: 'A machine' },
          ],
        },
        policy: { displayName: 'A policy' },
      });
    } finally {
      await gateway.close();
    }
  });
});
