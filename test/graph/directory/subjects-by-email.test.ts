import { afterEach, describe, expect, it } from 'vitest';
import { namedWorld, uuidOf } from '../../directory/named-world.ts';
import { runGateway, type RunningGateway, type RunningGatewayOptions } from '../../support/running-gateway.ts';

interface Data {
  readonly subjectsByEmail: readonly ({ readonly reference: string } | null)[];
}

const query = 'query ($emails: [String!]!) { subjectsByEmail(emails: $emails) { reference } }';

const people = [
  // Holds no role: the assignments do not know this one.
  { uuid: uuidOf('user', 7), displayName: 'Nobody', primaryEmailAddress: 'no.role@people.example' },
  {
    uuid: uuidOf('user', 0),
    displayName: 'A',
    primaryEmailAddress: 'a@people.example',
    proxyEmailAddresses: ['B@people.example', 'alias@people.example'],
  },
  { uuid: uuidOf('user', 1), displayName: 'B', primaryEmailAddress: 'b@People.example' },
  { uuid: uuidOf('user', 2), displayName: 'Without mail', primaryEmailAddress: '' },
  { uuid: uuidOf('user', 3), displayName: 'Shares an alias', proxyEmailAddresses: ['alias@people.example'] },
];

describe('subjectsByEmail', () => {
  let gateway: RunningGateway;
  afterEach(() => gateway.close());

  const start = async (options: RunningGatewayOptions = {}): Promise<void> => {
    gateway = await runGateway({
      ...options,
      sandbox: { world: namedWorld({ users: 4, directory: { users: people } }) },
    });
  };
  const ask = (emails: readonly string[]) => gateway.ask<Data, object>(query, { emails });
  const domains = (): string[] => {
    const seen = gateway.sandbox.transcript().map(({ domain }) => domain);
    gateway.sandbox.clearTranscript();
    return seen;
  };

  it('keeps the order, compares without case, and takes a primary address before any other', async () => {
    await start();
    const emails = [
      'ALIAS@people.example',
      'b@people.example',
      'nobody@people.example',
      'A@PEOPLE.EXAMPLE',
      'no.role@people.example',
      'b@people.example',
      '',
    ];
    const { data, errors } = await ask(emails);
    expect(errors).toBeUndefined();
    expect(data?.subjectsByEmail.map((subject) => subject?.reference ?? null)).toEqual([
      uuidOf('user', 0),
      uuidOf('user', 1),
      null,
      uuidOf('user', 0),
      null,
      uuidOf('user', 1),
      null,
    ]);
    expect(domains().filter((domain) => domain === 'users')).toHaveLength(1);
  });

  it('costs no walk again while that is fresh, and nothing at all for nobody', async () => {
    await start();
    expect((await ask([])).data).toEqual({ subjectsByEmail: [] });
    expect(domains()).toEqual([]);
    await ask(['a@people.example']);
    domains();
    await ask(['a@people.example', ...Array.from({ length: 999 }, (_, index) => `nobody.${index}@people.example`)]);
    expect(domains()).toEqual([]);
  });

  it('refuses more than 1000 addresses without a call', async () => {
    await start();
    const { data, errors } = await ask(Array.from({ length: 1001 }, (_, index) => `${index}@people.example`));
    expect(data).toBeNull();
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(domains()).toEqual([]);
  });

  it('says for each why it cannot be told where users are closed or turned off', async () => {
    await start();
    gateway.sandbox.control.setFaults([{ domain: 'users', status: 403 }]);
    const closed = await ask(['a@people.example', 'b@people.example']);
    expect(closed.data).toEqual({ subjectsByEmail: [null, null] });
    expect(closed.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    await gateway.close();
    await start({ settings: { usersUrl: undefined } });
    const off = await ask(['a@people.example']);
    expect(off.data).toEqual({ subjectsByEmail: [null] });
    expect(off.errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_UNAVAILABLE']);
  });
});
