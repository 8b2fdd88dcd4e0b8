/** What upstream's raw answers say, read by itself: it shares nothing with the gateway, so that it cannot share a mistake. */

export interface WireRole {
  readonly roleName: string;
  readonly scopes?: readonly Readonly<Record<string, string>>[];
}

export interface WireSubject {
  readonly subjectReference: string;
  readonly subjectType?: string;
  readonly roles?: readonly WireRole[];
}

/** What the directory calls a user or a device. */
export interface WireName {
  readonly uuid: string;
  readonly displayName?: string;
  readonly primaryEmailAddress?: string;
}

/** Everything that one credential may see, in upstream's order. */
export interface Model {
  readonly token: string;
  readonly subjects: readonly WireSubject[];
  /** Users and devices, by uuid. Absent: names are not asked for. */
  readonly names?: ReadonlyMap<string, WireName>;
  readonly counted: Counted;
}

/** Different ones of each. */
interface Counted {
  readonly subjects: number;
  readonly assignments: number;
  readonly everywhere: number;
  readonly roles: number;
}

/** A question, and what is said of its answer. */
export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Undefined: the answer's `data` is right. `NAME_UNAVAILABLE`: it is but for names that say that they could not be read. Else what is wrong with it. */
  readonly verdictOn: (data: unknown) => string | undefined;
  /** What may be asked next, from what a right answer has. */
  readonly next?: (data: unknown) => Question | undefined;
}

/** Chance that can be repeated: 0 to 1, 1 not included. */
export type Chance = () => number;

/** Where the directory can be asked for names. */
export interface DirectoryUrls {
  readonly users: string;
  readonly devices: string;
}

/** Reads a whole world past the gateway, with the names that a directory has. */
export const readModel = async (upstreamUrl: string, token: string, directory?: DirectoryUrls): Promise<Model> => {
  const subjects = await readList<WireSubject>(`${upstreamUrl}/v2/role-assignments`, 'assignments', token);
  const counted = count(subjects);
  if (directory === undefined) return { token, subjects, counted };
  const users = await readList<WireName>(`${directory.users}/v1/users`, 'users', token);
  const devices = await readList<WireName>(`${directory.devices}/v1/devices`, 'devices', token);
  return { token, subjects, counted, names: new Map([...users, ...devices].map((name) => [name.uuid, name])) };
};

const count = (all: readonly WireSubject[]): Counted => {
  const [subjects, listed, everywhere, names] = [new Set(), new Set(), new Set(), new Set()];
  for (const { subjectReference, subjectType = untyped, roles = [] } of all) {
    const subject = `${subjectReference} ${subjectType}`;
    subjects.add(subject);
    for (const { roleName, scopes = [] } of roles) {
      names.add(roleName);
      if (scopes.length === 0) everywhere.add(`${subject} ${roleName}`);
      for (const scope of scopes) listed.add(JSON.stringify([subject, roleName, componentsOf(scope)]));
    }
  }
  const assignments = listed.size + everywhere.size;
  return { subjects: subjects.size, assignments, everywhere: everywhere.size, roles: names.size };
};

const readList = async <Item>(url: string, field: string, token: string): Promise<readonly Item[]> => {
  const items: Item[] = [];
  for (let pageToken = ''; ;) {
    const response = await fetch(`${url}?pageSize=1000&pageToken=${pageToken}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`upstream answered ${response.status}`);
    const page = (await response.json()) as Readonly<Record<string, unknown>>;
    items.push(...((page[field] ?? []) as Item[]));
    pageToken = (page['nextPageToken'] ?? '') as string;
    if (pageToken === '') return items;
  }
};

/** What an absent type means: whichever subject has the reference. */
export const untyped = 'SUBJECT_TYPE_UNSPECIFIED';

/** As many as a connection gives where nothing is asked for. */
export const rolesOf = (roles: readonly WireRole[] = []): readonly WireRole[] => roles.slice(0, 50);

export const isGlobal = ({ scopes = [] }: WireRole): boolean => scopes.length === 0;

/** One in twenty is nobody. */
export const someone = ({ subjects }: Model, chance: Chance): WireSubject | undefined =>
  chance() < 0.05 ? undefined : subjects[Math.floor(chance() * subjects.length)];

/** What a scope is made of: the fields that say something. */
export const componentsOf = (scope: Readonly<Record<string, string>>): readonly { field: string; uuid: string }[] =>
  Object.entries(scope)
    .filter(([, uuid]) => uuid !== '')
    .map(([field, uuid]) => ({ field, uuid }));
