import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from '../support/readme.ts';
import { askExample, type RunningExample, startExample } from './running-example.ts';

const queries = blocksOf('examples/federation/README.md')
  .filter(({ language }) => language === 'graphql')
  .map(({ text }) => text);

describe('the federation example', () => {
  let example: RunningExample;
  beforeAll(async () => {
    example = await startExample('examples/federation');
  });
  afterAll(() => example?.stop());

  it('gives 200 people with their roles, for at most three upstream calls', async () => {
    const { data, errors } = await askExample(example, queries[0] as string);
    expect(errors).toBeUndefined();
    const { people } = data as { people: { name: string; subject: { roles: { nodes: { name: string }[] } } }[] };
    expect(people).toHaveLength(200);
    expect(people.every(({ name }) => /^\w+ \w+$/.test(name))).toBe(true);
    expect(people.filter(({ subject }) => subject.roles.nodes.length > 0).length).toBeGreaterThan(150);
    const [, calls] = await example.waitFor(/answered, for (\d+) upstream calls?/);
    expect(Number(calls)).toBeLessThanOrEqual(3);
  });

  it('leads from devices to everybody who holds a role there', async () => {
    const { data, errors } = await askExample(example, queries[1] as string);
    expect(errors).toBeUndefined();
    const { nodes } = (data as { devices: { nodes: { hostname: string; scope: { subjects: { edges: object[] } } }[] } })
      .devices;
    expect(nodes.map(({ hostname }) => hostname)).toEqual(['pc-001', 'pc-002', 'pc-003', 'pc-004', 'pc-005']);
    expect(nodes.flatMap(({ scope }) => scope.subjects.edges).length).toBeGreaterThan(0);
  });

  it('joins people by mail with a source that knows nothing else of them', async () => {
    const { data, errors } = await askExample(example, queries[2] as string);
    expect(errors).toBeUndefined();
    const { subscribers } = data as {
      subscribers: { email: string; subject: { roles: { nodes: object[] } } | null }[];
    };
    expect(subscribers).toHaveLength(50);
    expect(subscribers.every(({ subject }) => subject !== null)).toBe(true);
  });

  it('serves GraphiQL that needs nothing from outside', async () => {
    const response = await fetch(example.url, { headers: { accept: 'text/html' } });
    const page = await response.text();
    expect(page).toContain('PeopleAndTheirRoles');
    expect(page).not.toMatch(/<(?:script|link)[^>]+(?:src|href)="https?:/);
  });
});
