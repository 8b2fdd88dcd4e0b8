import { afterEach, describe, expect, it } from 'vitest';
import { parseWorld } from '../../../src/sandbox/world/file/world-file.ts';
import { alone, ann, ben, customer, laptop, lone, site, team, top, world } from '../../access/small-world.ts';
import { type RunningGateway, runGateway } from '../../support/running-gateway.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const open = async (settings = {}): Promise<void> => {
  gateway = await runGateway({ sandbox: { world }, settings });
};

const ask = async <Data>(query: string): Promise<Data> => {
  const { data, errors } = await gateway.ask<Data, object>(query);
  expect(errors).toBeUndefined();
  return data as Data;
};

interface Edge {
  readonly node: { readonly name: string };
  readonly scope: { readonly uuid: string } | null;
  readonly reasons: readonly { readonly memberOf: object | null }[];
}

describe('what somebody can reach', () => {
  const reach = async (args: string, reference = ann) => {
    const { subject: found } = await ask<{
      subject: { access: { gaps: readonly string[]; edges: readonly Edge[] } };
    }>(
      `{ subject(reference: "${reference}") { access${args} { gaps edges { node { name } scope { uuid } reasons { memberOf { uuid } } } } } }`,
    );
    return found.access;
  };
  const textsOf = ({ edges }: Awaited<ReturnType<typeof reach>>): string[] =>
    edges.map(({ node, scope, reasons: why }) =>
      [
        node.name,
        scope?.uuid ?? 'everywhere',
        ...why.map(({ memberOf }) => (memberOf === null ? 'own' : 'group')),
      ].join(' '),
    );

  it('is its own and its groups’, each where it is granted, and nothing below', async () => {
    await open();
    expect(textsOf(await reach(''))).toEqual([
      'admin everywhere own group',
      `admin ${top} group`,
      `admin ${customer} own group`,
      `admin ${laptop} own group`,
      `viewer ${site} own`,
    ]);
    expect(textsOf(await reach('(kind: DEVICE)'))).toEqual([`admin ${laptop} own group`]);
    expect(textsOf(await reach('(roleName: "viewer", kind: SITE)'))).toEqual([`viewer ${site} own`]);
    expect((await reach('')).gaps).toEqual([]);
    // Nobody is a member of a service.
    expect(textsOf(await reach('', lone))).toEqual([`auditor ${alone} own`]);
  });

  it('lacks what groups give where nobody tells which, and says so', async () => {
    await open({ usersUrl: '' });
    const { gaps, edges } = await reach('');
    expect(gaps).toEqual(['MEMBERS_UNAVAILABLE']);
    expect(edges.flatMap(({ reasons: why }) => why).every(({ memberOf }) => memberOf === null)).toBe(true);
    expect((await reach('', lone)).gaps).toEqual([]);
  });
});

describe('who can act somewhere', () => {
  it('is paged through in both directions without gaps or repeats', async () => {
    await open();
    const page = async (args: string) => {
      const { scope } = await ask<{
        scope: {
          access: {
            nodes: readonly { reference: string }[];
            totalCount: number;
            pageInfo: Record<'startCursor' | 'endCursor', string> & Record<'hasNextPage' | 'hasPreviousPage', boolean>;
          };
        };
      }>(
        `{ scope(by: { deviceUuid: "${laptop}" }) { access(${args}) { totalCount nodes { reference } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
      );
      return scope.access;
    };
    const forwards: string[] = [];
    let at = await page('first: 1');
    expect(at.totalCount).toBe(3);
    for (; at.pageInfo.hasNextPage; at = await page(`first: 1, after: "${at.pageInfo.endCursor}"`)) {
      forwards.push(...at.nodes.map(({ reference }) => reference));
    }
    expect([...forwards, ...at.nodes.map(({ reference }) => reference)]).toEqual([ann, ben, team]);
    const backwards: string[] = [];
    for (at = await page('last: 1'); at.pageInfo.hasPreviousPage;) {
      backwards.push(...at.nodes.map(({ reference }) => reference));
      at = await page(`last: 1, before: "${at.pageInfo.startCursor}"`);
    }
    expect([...backwards, ...at.nodes.map(({ reference }) => reference)]).toEqual([team, ben, ann]);
  });

  it('is asked of one type alone, and of nobody’s members where these cannot be of it', async () => {
    await open();
    const at = async (args: string) => {
      const { scope } = await ask<{ scope: { access: { nodes: readonly { reference: string }[]; gaps: string[] } } }>(
        `{ scope(by: { deviceUuid: "${laptop}" }) { access(${args}) { gaps nodes { reference } } } }`,
      );
      return scope.access.nodes.map(({ reference }) => reference);
    };
    gateway.sandbox.clearTranscript();
    expect(await at('subjectType: USER_GROUP')).toEqual([team]);
    expect(gateway.sandbox.transcript().filter(({ path }) => path.startsWith('/v1/users'))).toEqual([]);
    expect(await at('subjectType: USER')).toEqual([ann, ben]);
  });
});

describe('somebody of a type that this version does not know', () => {
  it('is checked under the type UNKNOWN, and without a type', async () => {
    const robots = parseWorld({
      allowUnknown: true,
      subjects: [
        {
          subjectReference: 'r2',
          subjectType: 'SUBJECT_TYPE_ROBOT',
          roles: [{ roleName: 'admin', scopes: [{ siteUuid: site }] }],
        },
      ],
    });
    gateway = await runGateway({ sandbox: { world: robots } });
    const check = async (type: string) => {
      const { checkAccess } = await ask<{ checkAccess: { isAllowed: boolean | null } }>(
        `{ checkAccess(subject: { reference: "r2"${type} }, roleName: "admin", at: { siteUuid: "${site}" }) { isAllowed } }`,
      );
      return checkAccess.isAllowed;
    };
    expect(await check(', type: UNKNOWN')).toBe(true);
    expect(await check('')).toBe(true);
    // It is no user: nobody knows one, and no group stands for the site.
    expect(await check(', type: SERVICE')).toBeNull();
  });
});
