import {
  type Chance,
  componentsOf,
  isGlobal,
  type Model,
  type Question,
  rolesOf,
  someone,
  untyped,
  type WireSubject,
} from './model.ts';

/** A question by chance: pages from both ends and from a cursor, lookups, who holds what where, names, the census, and searches. */
export const makeQuestion = (model: Model, chance: Chance): Question => {
  const kinds = [
    page,
    lookup,
    lookup,
    lookups,
    holders,
    here,
    walk,
    lastPage,
    counts,
    search,
    ...(model.names ? [names] : []),
  ];
  return (kinds[Math.floor(chance() * kinds.length)] ?? page)(model, chance);
};

const page = ({ subjects }: Model, chance: Chance): Question => {
  const first = Math.floor(chance() * 200);
  const shown = subjects.slice(0, first);
  return {
    query:
      'query Page($first: Int) { subjects(first: $first) { nodes { reference rawType roles { nodes { name isGlobal } } } pageInfo { hasNextPage } } }',
    variables: { first },
    verdictOn: exactly({
      subjects: {
        nodes: shown.map(({ subjectReference: reference, subjectType: rawType = untyped, roles }) => ({
          reference,
          rawType,
          roles: { nodes: rolesOf(roles).map((role) => ({ name: role.roleName, isGlobal: isGlobal(role) })) },
        })),
        pageInfo: { hasNextPage: subjects.length > first },
      },
    }),
  };
};

const lookup = (model: Model, chance: Chance): Question => {
  const subject = someone(model, chance);
  return {
    query: `query Lookup($reference: String!) { subject(reference: $reference) { ${whole} } }`,
    variables: { reference: subject?.subjectReference ?? 'nobody' },
    verdictOn: exactly({ subject: subject === undefined ? null : shape(subject) }),
  };
};

const lookups = (model: Model, chance: Chance): Question => {
  const asked = Array.from({ length: 1 + Math.floor(chance() * 30) }, () => someone(model, chance));
  return {
    query: `query Lookups($references: [String!]!) { subjectsByReference(references: $references) { ${whole} } }`,
    variables: { references: asked.map((subject) => subject?.subjectReference ?? 'nobody') },
    verdictOn: exactly({
      subjectsByReference: asked.map((subject) => (subject === undefined ? null : shape(subject))),
    }),
  };
};

const holders = (model: Model, chance: Chance): Question => {
  const name = someone(model, chance)?.roles?.[0]?.roleName ?? 'no such role';
  const first = 1 + Math.floor(chance() * 5);
  const found = model.subjects.filter(({ roles }) => rolesOf(roles).some(({ roleName }) => roleName === name));
  return {
    query:
      'query Holders($name: String!, $first: Int) { role(name: $name) { subjects(first: $first) { edges { node { reference } roles { name isGlobal } } pageInfo { hasNextPage } } } }',
    variables: { name, first },
    verdictOn: exactly({
      role: {
        subjects: {
          edges: found.slice(0, first).map(({ subjectReference: reference, roles }) => ({
            node: { reference },
            roles: rolesOf(roles)
              .filter(({ roleName }) => roleName === name)
              .map((role) => ({ name, isGlobal: isGlobal(role) })),
          })),
          pageInfo: { hasNextPage: found.length > first },
        },
      },
    }),
  };
};

const here = (model: Model, chance: Chance): Question => {
  const scope = rolesOf(someone(model, chance)?.roles).flatMap(({ scopes = [] }) => scopes)[0];
  const uuid = scope?.['customerUuid'] ?? 'nowhere';
  const found = model.subjects.filter(({ roles }) =>
    rolesOf(roles).some(({ scopes = [] }) => scopes.some(({ customerUuid }) => customerUuid === uuid)),
  );
  return {
    query:
      'query Here($uuid: ID!) { scope(by: { customerUuid: $uuid }) { subjects(first: 3) { nodes { reference } pageInfo { hasNextPage } } } }',
    variables: { uuid },
    verdictOn: exactly({
      scope: {
        subjects: {
          nodes: found.slice(0, 3).map(({ subjectReference: reference }) => ({ reference })),
          pageInfo: { hasNextPage: found.length > 3 },
        },
      },
    }),
  };
};

const whole = 'reference rawType roles { nodes { name isGlobal scopes { nodes { components { field uuid } } } } }';

const shape = ({ subjectReference: reference, subjectType: rawType = untyped, roles }: WireSubject) => ({
  reference,
  rawType,
  roles: {
    nodes: rolesOf(roles).map((role) => ({
      name: role.roleName,
      isGlobal: isGlobal(role),
      scopes: {
        nodes: (role.scopes ?? []).slice(0, 50).map((scope) => ({
          components: componentsOf(scope),
        })),
      },
    })),
  },
});

/** A page, and the one behind it by its cursor. */
const walk = ({ subjects }: Model, chance: Chance): Question => {
  const first = 1 + Math.floor(chance() * 100);
  const ask = (from: number, after: string | null): Question => ({
    query:
      'query Walk($first: Int, $after: String) { subjects(first: $first, after: $after) { nodes { reference } pageInfo { hasNextPage endCursor } } }',
    variables: { first, after },
    verdictOn(data) {
      const { nodes, pageInfo } = (data as { subjects: { nodes: unknown; pageInfo: { hasNextPage: boolean } } })
        .subjects;
      return exactly({
        nodes: subjects.slice(from, from + first).map(({ subjectReference: reference }) => ({ reference })),
        hasNextPage: subjects.length > from + first,
      })({ nodes, hasNextPage: pageInfo.hasNextPage });
    },
    next(data) {
      const { endCursor } = (data as { subjects: { pageInfo: { endCursor: string | null } } }).subjects.pageInfo;
      return endCursor === null || from > 2 * first ? undefined : ask(from + first, endCursor);
    },
  });
  return ask(0, null);
};

const lastPage = ({ subjects }: Model, chance: Chance): Question => {
  const last = 1 + Math.floor(chance() * 50);
  return {
    query:
      'query Last($last: Int) { subjects(last: $last) { nodes { reference roles { nodes { name } } } pageInfo { hasPreviousPage } } }',
    variables: { last },
    verdictOn: exactly({
      subjects: {
        nodes: subjects.slice(-last).map(({ subjectReference: reference, roles }) => ({
          reference,
          roles: { nodes: rolesOf(roles).map(({ roleName: name }) => ({ name })) },
        })),
        pageInfo: { hasPreviousPage: subjects.length > last },
      },
    }),
  };
};

const counts = ({ counted }: Model): Question => {
  return {
    query:
      'query Counts { census { subjectCount assignmentCount globalAssignmentCount roles(first: 1) { totalCount } } }',
    variables: {},
    verdictOn: exactly({
      census: {
        subjectCount: counted.subjects,
        assignmentCount: counted.assignments,
        globalAssignmentCount: counted.everywhere,
        roles: { totalCount: counted.roles },
      },
    }),
  };
};

/** By the whole of what is searched for: what else may come with it, how alike a text is decides. */
const search = (model: Model, chance: Chance): Question => {
  const { subjectReference, roles = [] } = someone(model, chance) ?? { subjectReference: 'nobody' };
  const roleName = roles[0]?.roleName;
  const [text, kind] = chance() < 0.5 && roleName !== undefined ? [roleName, 'ROLE'] : [subjectReference, 'SUBJECT'];
  return {
    query:
      'query Search($text: String!, $kinds: [SearchKind!]) { search(text: $text, kinds: $kinds, first: 5) { nodes { ... on Role { name } ... on Subject { reference } } gaps { __typename } } }',
    variables: { text, kinds: [kind] },
    verdictOn(data) {
      const { nodes, gaps } = (data as { search: { nodes: { name?: string; reference?: string }[]; gaps: unknown[] } })
        .search;
      const isThere = nodes.some(({ name, reference }) => name === text || reference === text);
      if (isThere !== (text !== 'nobody')) return `searched for ${text}: ${JSON.stringify(nodes)}`;
      return gaps.length > 0 ? nameUnavailable : undefined;
    },
  };
};

const nameUnavailable = 'NAME_UNAVAILABLE';

/** Names of users and devices; each may say that it could not be read. */
const names = (model: Model, chance: Chance): Question => {
  const asked = Array.from({ length: 1 + Math.floor(chance() * 40) }, () => someone(model, chance)).filter(
    (subject) => subject !== undefined && /_(?:USER|DEVICE)$/.test(subject.subjectType ?? ''),
  ) as readonly WireSubject[];
  const wanted = asked.map(({ subjectReference: reference, subjectType }) => {
    const { displayName, primaryEmailAddress } = model.names?.get(reference) ?? {};
    return {
      reference,
      displayName: displayName || null,
      email: (subjectType?.endsWith('_USER') && primaryEmailAddress) || null,
      resolution: model.names?.has(reference) ? 'FOUND' : 'MISSING',
    };
  });
  return {
    query:
      'query Names($references: [String!]!) { subjectsByReference(references: $references) { reference displayName email resolution } }',
    variables: { references: asked.map(({ subjectReference }) => subjectReference) },
    verdictOn(data) {
      const given = (data as { subjectsByReference: readonly { reference: string; resolution: string }[] })
        .subjectsByReference;
      const isUnavailable = given.map(({ resolution }) => resolution === 'UNAVAILABLE');
      const expected = wanted.map((name, index) =>
        isUnavailable[index]
          ? { reference: name.reference, displayName: null, email: null, resolution: 'UNAVAILABLE' }
          : name,
      );
      return exactly(expected)(given) ?? (isUnavailable.includes(true) ? nameUnavailable : undefined);
    },
  };
};

/** Right is what is written like this. */
const exactly =
  (expected: unknown) =>
  (data: unknown): string | undefined => {
    const [given, wanted] = [JSON.stringify(data), JSON.stringify(expected)];
    return given === wanted ? undefined : differenceOf(given, wanted);
  };

/** Where two texts part, with some of each. */
const differenceOf = (given: string, expected: string): string => {
  let at = 0;
  while (at < given.length && given[at] === expected[at]) at++;
  const from = Math.max(0, at - 80);
  return `got …${given.slice(from, at + 80)}… and not …${expected.slice(from, at + 80)}…`;
};
