import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from '../support/readme.ts';
import { askExample, type RunningExample, startExample } from './running-example.ts';

const queries = blocksOf('examples/stitching/README.md')
  .filter(({ language }) => language === 'graphql')
  .map(({ text }) => text);

describe('the stitching example', () => {
  let example: RunningExample;
  beforeAll(async () => {
    example = await startExample('examples/stitching');
  });
  afterAll(() => example?.stop());

  it('gives 100 people with their roles', async () => {
    const { data, errors } = await askExample(example, queries[0] as string);
    expect(errors).toBeUndefined();
    const { people } = data as {
      people: { name: string; subject: { hasRole: boolean; roles: { nodes: object[] } } }[];
    };
    expect(people).toHaveLength(100);
    expect(people.filter(({ subject }) => subject.roles.nodes.length > 0).length).toBeGreaterThan(75);
    expect(new Set(people.map(({ subject }) => subject.hasRole))).toEqual(new Set([true, false]));
  });

  it('joins people by mail with a source that knows nothing else of them', async () => {
    const { data, errors } = await askExample(example, queries[2] as string);
    expect(errors).toBeUndefined();
    const { contacts } = data as { contacts: { email: string; subject: { roles: { nodes: object[] } } | null }[] };
    expect(contacts).toHaveLength(20);
    expect(contacts.every(({ subject }) => subject !== null)).toBe(true);
  });

  it('leads from machines to everybody who holds a role there', async () => {
    const { data, errors } = await askExample(example, queries[1] as string);
    expect(errors).toBeUndefined();
    const { machines } = data as { machines: { hostname: string; scope: { subjects: { edges: object[] } } }[] };
    expect(machines.map(({ hostname }) => hostname)).toEqual(['pc-001', 'pc-002', 'pc-003', 'pc-004', 'pc-005']);
    expect(machines.every(({ scope }) => scope.subjects.edges.length > 0)).toBe(true);
  });
});
