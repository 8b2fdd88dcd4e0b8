import { readFileSync } from 'node:fs';
import { execute, parse, print, isTypeDefinitionNode, type ASTNode } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSubgraphSchema } from '../../src/graph/federation/subgraph-schema.ts';

const printed = readFileSync(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8');
const served = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');

/** The types of an SDL, and each field of Query by itself, as text without descriptions, keys and order. */
const partsOf = (sdl: string): string[] =>
  parse(sdl)
    .definitions.filter(isTypeDefinitionNode)
    .flatMap((type): readonly ASTNode[] =>
      type.name.value === 'Query' && 'fields' in type ? [...(type.fields ?? [])] : [type],
    )
    .map(textOf)
    .toSorted();

const textOf = (definition: ASTNode): string =>
  print(definition)
    .replaceAll(/"""[\s\S]*?"""/g, '')
    .replaceAll(/@(?:key\([^)]*\)|shareable)/g, '')
    .split(/[\s,|]+/)
    .toSorted()
    .join(' ');

describe('the subgraph', () => {
  let sdl: string;
  beforeAll(async () => {
    const { data } = await execute({
      schema: createSubgraphSchema(),
      document: parse('{ service: _service { sdl } }'),
    });
    ({ sdl } = (data as { service: { sdl: string } }).service);
  });

  it('is printed in schema/subgraph.graphql as the code has it', () => {
    expect(printed.trim()).toBe(sdl.trim());
  });

  it('is the graph that we serve, without node and nodes, what changes something, and what is told as it happens', () => {
    const parts = partsOf(sdl);
    expect(parts.length).toBeGreaterThan(40);
    const rest = partsOf(served).filter((part) => !/ nodes?\($/.test(part));
    expect(rest).toEqual(expect.arrayContaining(parts));
    const onlyServed = rest.filter((part) => !parts.includes(part));
    const ofGraphAlone =
      /\b(?:Mutation|Subscription|accessChanges|ChangeProblem|ChangeStatus|GrantPlaceInput|RoleChange\w+|RoleChanges\w+|WriteSubjectInput|\w+RoleInput|\w+RolePayload)\b/;
    expect(onlyServed.filter((part) => !ofGraphAlone.test(part))).toEqual([]);
    expect(sdl).not.toMatch(ofGraphAlone);
  });

  it('has the keys of the design, and shares PageInfo', () => {
    const keys = [...sdl.matchAll(/^type (\w+)[^{]*@key\(fields: "(\w+)"\)/gm)].map(
      ([, type, key]) => `${type} ${key}`,
    );
    expect(keys.sort()).toEqual([
      'AssetGroup uuid',
      'Customer uuid',
      'Device uuid',
      'ManagedIdentity uuid',
      'Msp uuid',
      'Policy uuid',
      'ProductSubscription uuid',
      'Role name',
      'Service uuid',
      'Site uuid',
      'Subject reference',

      'Tenant uuid',
      'User uuid',
      'UserGroup uuid',
    ]);
    expect(sdl).toMatch(/^type PageInfo\s+@shareable/m);
    expect(sdl).toMatch(/^input ScopeInput @oneOf \{/m);
  });
});
