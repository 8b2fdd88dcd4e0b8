import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, commandsOf } from './support/readme.ts';
import { runToEnd } from './support/processes.ts';
import { type RunningGateway, runGateway } from './support/running-gateway.ts';

const blocks = blocksOf('README.md');
const queries = blocks.filter(({ language }) => language === 'graphql').map(({ text }) => text);
const json = blocks.filter(({ language }) => language === 'json').map(({ text }) => JSON.parse(text) as object);

/** Queries that stand in front of their answers. */
const answered = blocks.flatMap(({ language, text }, at) => {
  const name = /^query (\w+) \{/.exec(text)?.[1];
  const next = blocks[at + 1];
  return language === 'graphql' && name !== undefined && next?.language === 'json'
    ? [{ name, text, answer: next.text }]
    : [];
});

/** Variables of the README's queries that it does not show. */
const variables: Record<string, object> = {
  RolesOfSubject: json[0] ?? {},
  WhoIsHere: { customer: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' },
  HoldersOfRole: { role: 'admin' },
  HeldEverywhere: {},
  TakeAway: {},
  WhereIsThis: { device: '099e4a5a-f1a6-4295-9034-c7471b8218f6' },
  PeopleByMail: { emails: ['Ivan.Simek.0@Aspen-Dental-0.example', 'nobody@nowhere.example'] },
  ManySubjects: { references: ['286f5456-a0ac-4e8a-8508-5c2224b47ae6', 'ae9e45d2-9ee6-43e7-9b68-a650d62eeff1'] },
};

describe('the README', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway({ sandbox: { rateLimit: 10 }, settings: { rateLimit: 10 } });
  });
  afterAll(() => gateway.close());

  it('shows a query whose answer is the one that it shows', async () => {
    const { data } = await gateway.ask<object, object>(queries[0] as string, json[0]);
    expect({ data }).toEqual(json[1]);
  });

  it('answers the five questions that people have', () => {
    expect(answered.map(({ name }) => name)).toEqual([
      'WhoCanActHere',
      'WhatCanTheyReach',
      'MayThey',
      'WhichRolesAreThere',
      'WhatLooksWrong',
    ]);
  });

  it.each(answered)('shows the answer to $name as the sandbox gives it', async ({ text, answer }) => {
    const { data, errors } = await gateway.ask<object, object>(text);
    expect(errors).toBeUndefined();
    expect({ data }).toEqual(JSON.parse(answer));
  });

  const others = queries.filter((query) => !answered.some(({ text }) => text === query));
  it.each(others.map((query) => [/(?:query|mutation) (\w+)/.exec(query)?.[1] as string, query] as const))(
    'shows the query %s, which finds something',
    async (name, query) => {
      expect(variables).toHaveProperty(name);
      const { data, errors } = await gateway.ask<object, object>(query, variables[name]);
      expect(errors).toBeUndefined();
      expect(JSON.stringify(data)).toMatch(/"(?:reference|displayName)":"[^"]+"/);
    },
  );

  it('shows how to ask from a terminal', async () => {
    const script = blocks.find(({ text }) => text.includes('curl'))?.text ?? '';
    const here = script
      .replaceAll('http://127.0.0.1:4010', gateway.sandbox.url)
      .replaceAll('http://127.0.0.1:4000', gateway.url);
    const { code, output } = await runToEnd('bash', ['-euo', 'pipefail', '-c', here]);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ data: { subjects: { totalCount: 2000, nodes: [{}, {}, {}] } } });
  });

  it('shows no command that no test runs', () => {
    const ranHere = /^(TOKEN=\$\(curl|curl) /;
    const ranElsewhere: Record<string, string> = {
      'npm ci && npm start': 'test/fresh-clone.test.ts',
      'npm ci && npm test': '.ci/run',
      'ROLESCOPE_REGION=eu npx rolescope serve': 'test/package.test.ts',
      'ROLESCOPE_REGION=eu ROLESCOPE_USERNAME=api-user@example.com npx rolescope token': 'test/package.test.ts',
      'ROLESCOPE_REGION=eu ROLESCOPE_USERNAME=api-user@example.com npx rolescope doctor': 'test/package.test.ts',
    };
    for (const command of commandsOf(blocks)) {
      if (ranHere.test(command)) continue;
      expect(Object.keys(ranElsewhere)).toContain(command);
      const runner = readFileSync(new URL(`../${ranElsewhere[command]}`, import.meta.url), 'utf8');
      // Whoever runs commands takes them from the README; CI has the two of the test line as they are.
      if (ranElsewhere[command] === '.ci/run') for (const part of command.split(' && ')) expect(runner).toContain(part);
      else expect(runner).toContain('commandsOf(blocksOf(');
    }
  });
});
