import { type Chance, type Model, type Question, rolesOf, type WireSubject } from '../../bench/endurance/model.ts';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';

// A world in which everybody meets everybody: the same subjects hold roles at many customers, and each caller may see one or two of these. Whatever is kept for one
// caller and told to another is seen at once, because it says something else of the same subject.

const customerCount = 8;
const subjectCount = 160;

const customers = Array.from({ length: customerCount }, (_, index) => `c${index}000000-0000-4000-8000-000000000000`);
const scopeOf = (index: number) => ({ customerUuid: customers[index % customerCount] ?? '' });

const subjects = Array.from({ length: subjectCount }, (_, index): WireSubject => ({
  subjectReference: `5${String(index).padStart(7, '0')}-0000-4000-8000-000000000000`,
  subjectType: index % 3 === 0 ? 'SUBJECT_TYPE_DEVICE' : 'SUBJECT_TYPE_USER',
  roles: [
    { roleName: 'viewer', scopes: [scopeOf(index), scopeOf(index * 3 + 1), scopeOf(index * 5 + 2)] },
    { roleName: `keeper ${index % 5}`, scopes: [scopeOf(index + 3)] },
    // Held everywhere, which those who see one customer are not told of.
    ...(index % 10 === 0 ? [{ roleName: 'owner', scopes: [] }] : []),
  ],
}));

/** Users by what they may see: all, one customer each, and two each. The first two of each kind see the same with tokens of their own. */
const rights: readonly (readonly number[] | 'all')[] = [
  'all',
  'all',
  ...customers.map((_, index) => [index]),
  [0],
  [1, 2],
  [1, 2],
  [5, 7],
];

const nameOf = (index: number): string => `caller-${index}-of-${rights.length}`;

/** Who can log in. */
export const callerNames: readonly string[] = rights.map((_, index) => nameOf(index));

export const createSharedWorld = () =>
  parseWorld({
    subjects,
    users: rights.map((_, index) => ({
      name: nameOf(index),
      password: `password-${index}`,
      permissionSets: [nameOf(index)],
    })),
    permissionSets: rights.map((places, index) => ({
      name: nameOf(index),
      staticGroups: places === 'all' ? 'all' : places.map(scopeOf),
      functionality: ['role-assignments.read'],
    })),
  });

const pick = <Item>(items: readonly Item[], chance: Chance): Item => items[Math.floor(chance() * items.length)] as Item;

const equal =
  (expected: unknown): Question['verdictOn'] =>
  (data) => {
    const [given, wanted] = [JSON.stringify(data), JSON.stringify(expected)];
    return given === wanted ? undefined : `got ${given.slice(0, 1000)} and not ${wanted.slice(0, 1000)}`;
  };

const told = ({ subjectReference: reference, roles }: WireSubject) => ({
  reference,
  roles: {
    nodes: rolesOf(roles).map(({ roleName: name, scopes = [] }) => ({
      name,
      scopes: { nodes: scopes.map(({ customerUuid: uuid }) => ({ uuid })) },
    })),
  },
});
const asked = 'reference roles { nodes { name scopes { nodes { uuid } } } }';

/**
 * A question about what there is, whether the caller may see it or not: subjects by reference and by id, scopes, roles. `ids` are those of all subjects, by reference. The
 * answer has to say what the caller's own account says, and nothing of what is not in it.
 */
export const askAboutOthers =
  (ids: ReadonlyMap<string, string>) =>
  ({ subjects: own }: Model, chance: Chance): Question => {
    const ownOf = (reference: string) => {
      const subject = own.find(({ subjectReference }) => subjectReference === reference);
      return subject === undefined ? null : told(subject);
    };
    const kind = Math.floor(chance() * 4);
    if (kind === 0) {
      const references = Array.from({ length: 1 + Math.floor(chance() * 20) }, () => pick([...ids.keys()], chance));
      return {
        query: `query Others($references: [String!]!) { subjectsByReference(references: $references) { ${asked} } }`,
        variables: { references },
        verdictOn: equal({ subjectsByReference: references.map(ownOf) }),
      };
    }
    if (kind === 1) {
      const references = Array.from({ length: 1 + Math.floor(chance() * 20) }, () => pick([...ids.keys()], chance));
      return {
        query: `query OthersById($ids: [ID!]!) { nodes(ids: $ids) { ... on Subject { ${asked} } } }`,
        variables: { ids: references.map((reference) => ids.get(reference)) },
        verdictOn: equal({ nodes: references.map(ownOf) }),
      };
    }
    const uuid = pick(customers, chance);
    const roleName = pick(['viewer', 'owner', 'keeper 0', 'keeper 1', 'keeper 2', 'keeper 3', 'keeper 4'], chance);
    const isThere = ({ roles }: WireSubject): boolean =>
      rolesOf(roles).some(({ roleName: name, scopes = [] }) =>
        kind === 2 ? name === roleName : scopes.some(({ customerUuid }) => customerUuid === uuid),
      );
    const found = { nodes: own.filter(isThere).slice(0, 10).map(told) };
    return kind === 2
      ? {
          query: `query Holders($name: String!) { role(name: $name) { subjects(first: 10) { nodes { ${asked} } } } }`,
          variables: { name: roleName },
          verdictOn: equal({ role: { subjects: found } }),
        }
      : {
          query: `query There($uuid: ID!) { scope(by: { customerUuid: $uuid }) { subjects(first: 10) { nodes { ${asked} } } } }`,
          variables: { uuid },
          verdictOn: equal({ scope: { subjects: found } }),
        };
  };
