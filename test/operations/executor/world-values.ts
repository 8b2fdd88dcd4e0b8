import type { Lane } from './lanes.ts';
import { idsOf } from './answers.ts';
import { type Dice, pick, type ValuesOf } from './random-values.ts';

const maxIds = 2000;

export interface WorldValues {
  valuesOf(dice: Dice): ValuesOf;
  /** Takes the ids of an answer, so that they are asked for as well. */
  note(data: unknown): void;
}

/** What the world has, by the name of what it is given for. */
export const readWorldValues = async (lane: Lane): Promise<WorldValues> => {
  const { data } = await lane.ask({
    endpoint: 'graphql',
    user: 'administrator',
    variables: {},
    query: `query Q { subjects(first: 1000) { nodes { id reference type email displayName roles { nodes { id name scopes { nodes {
      id kind uuid components { field uuid } } } } } } } permissions { nodes { name } } }`,
  });
  const texts = {
    id: new Set<string>(),
    reference: new Set<string>(),
    email: new Set<string>(),
    name: new Set<string>(),
    displayName: new Set<string>(),
  };
  const uuids = new Map<string, Set<string>>();
  const gather = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(gather);
    if (typeof value !== 'object' || value === null) return;
    const { field, uuid } = value as { field?: string; uuid?: string };
    if (field !== undefined && uuid !== undefined) uuids.set(field, (uuids.get(field) ?? new Set()).add(uuid));
    for (const [key, inside] of Object.entries(value)) {
      if (typeof inside === 'string' && Object.hasOwn(texts, key)) texts[key as keyof typeof texts].add(inside);
      else gather(inside);
    }
  };
  const { subjects, permissions } = data as { subjects: object; permissions: { nodes: { name: string }[] } };
  gather(subjects);
  const ids = [...texts.id];
  const [references, roles, emails] = [[...texts.reference], [...texts.name], [...texts.email]];
  const kinds = [
    'User',
    'Device',
    'UserGroup',
    'ManagedIdentity',
    'Service',
    'Customer',
    'Site',
    'AssetGroup',
    'Policy',
    'Tenant',
    'Msp',
  ];
  const allUuids = [...references, ...[...uuids.values()].flatMap((found) => [...found])];
  const representation = (dice: Dice): object => {
    const [who, role] = [pick(dice, references), pick(dice, roles)];
    return pick(dice, [
      { __typename: 'Subject', reference: who },
      { __typename: 'Role', name: role },
      { __typename: pick(dice, kinds), uuid: pick(dice, allUuids) },
      { __typename: pick(dice, kinds), uuid: pick(dice, allUuids) },
    ]);
  };
  const times = [
    '2025-12-31T23:59:00Z',
    '2026-01-01T00:00:00.000Z',
    '2026-01-01T01:00:00+01:00',
    '2027-01-01T00:00:00Z',
  ];
  const valuesOf =
    (dice: Dice): ValuesOf =>
    (name) => {
      if (name.endsWith('Uuid')) return [...(uuids.get(name) ?? []), ...references.slice(0, 5), 'nowhere'];
      switch (name) {
        case 'first':
        case 'last':
        case 'firstRoles':
        case 'firstScopes':
          return dice(40) === 0 ? [-1, 1001, 1000] : [0, 1, 1, 2, 2, 3, 5, 50];
        case 'reference':
        case 'references':
          return dice(10) === 0 ? ['nobody', ''] : references;
        case 'name':
        case 'roleName':
        case 'roles':
          return dice(10) === 0 ? ['no such role'] : roles;
        case 'id':
        case 'ids':
          return dice(20) === 0 ? ['broken', ''] : ids;
        case 'scopeIds':
          return ids;
        case 'emails':
          return dice(10) === 0 ? ['nobody@people.example', 'broken'] : emails;
        case 'text':
        case 'nameContains':
          return ['a', 'ad', 'Adm', 'user', ' ', pick(dice, references).slice(0, 8), pick(dice, roles).slice(1, 4)];
        case 'permissions':
          return permissions.nodes.map((permission) => permission.name);
        case 'representations':
          return [representation(dice)];
        case 'time':
        case 'since':
        case 'until':
          return dice(10) === 0 ? ['yesterday'] : times;
        case 'everywhere':
          return [true];
        default:
          return undefined;
      }
    };
  return {
    valuesOf,
    note(data) {
      for (const id of idsOf(data)) {
        if (ids.length >= maxIds || texts.id.has(id)) continue;
        texts.id.add(id);
        ids.push(id);
      }
    },
  };
};
