/** What upstream's raw answers say, read by itself: it shares nothing with the gateway, so that it cannot share a mistake. */

interface WireRole {
  readonly roleName: string;
  readonly scopes?: readonly Readonly<Record<string, string>>[];
}

interface WireSubject {
  readonly subjectReference: string;
  readonly subjectType?: string;
  readonly roles?: readonly WireRole[];
}

/** Everything that one credential may see, in upstream's order. */
export interface Model {
  readonly token: string;
  readonly subjects: readonly WireSubject[];
}

/** A question, and what its answer's `data` must be, as JSON text. */
export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly expected: string;
}

/** Chance that can be repeated: 0 to 1, 1 not included. */
export type Chance = () => number;

/** Reads a whole world past the gateway. */
export const readModel = async (upstreamUrl: string, token: string): Promise<Model> => {
  const subjects: WireSubject[] = [];
  for (let pageToken = ''; ;) {
    const response = await fetch(`${upstreamUrl}/v2/role-assignments?pageSize=1000&pageToken=${pageToken}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`upstream answered ${response.status}`);
    const page = (await response.json()) as { assignments?: WireSubject[]; nextPageToken?: string };
    subjects.push(...(page.assignments ?? []));
    pageToken = page.nextPageToken ?? '';
    if (pageToken === '') return { token, subjects };
  }
};

/** A question by chance: pages, lookups, and who holds what where. */
export const makeQuestion = (model: Model, chance: Chance): Question => {
  const kinds = [page, lookup, lookups, holders, here];
  return (kinds[Math.floor(chance() * kinds.length)] ?? page)(model, chance);
};

const page = ({ subjects }: Model, chance: Chance): Question => {
  const first = Math.floor(chance() * 200);
  const shown = subjects.slice(0, first);
  return {
    query:
      'query Page($first: Int) { subjects(first: $first) { nodes { reference rawType roles { nodes { name isGlobal } } } pageInfo { hasNextPage } } }',
    variables: { first },
    expected: JSON.stringify({
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
    expected: JSON.stringify({ subject: subject === undefined ? null : shape(subject) }),
  };
};

const lookups = (model: Model, chance: Chance): Question => {
  const asked = Array.from({ length: 1 + Math.floor(chance() * 30) }, () => someone(model, chance));
  return {
    query: `query Lookups($references: [String!]!) { subjectsByReference(references: $references) { ${whole} } }`,
    variables: { references: asked.map((subject) => subject?.subjectReference ?? 'nobody') },
    expected: JSON.stringify({
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
    expected: JSON.stringify({
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
    expected: JSON.stringify({
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
          components: Object.entries(scope)
            .filter(([, uuid]) => uuid !== '')
            .map(([field, uuid]) => ({ field, uuid })),
        })),
      },
    })),
  },
});

/** What an absent type means: whichever subject has the reference. */
const untyped = 'SUBJECT_TYPE_UNSPECIFIED';

/** As many as a connection gives where nothing is asked for. */
const rolesOf = (roles: readonly WireRole[] = []): readonly WireRole[] => roles.slice(0, 50);

const isGlobal = ({ scopes = [] }: WireRole): boolean => scopes.length === 0;

/** One in twenty is nobody. */
const someone = ({ subjects }: Model, chance: Chance): WireSubject | undefined =>
  chance() < 0.05 ? undefined : subjects[Math.floor(chance() * subjects.length)];
