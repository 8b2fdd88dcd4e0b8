import { afterEach, describe, expect, it } from 'vitest';
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
