import type { RoleAssignment, Scope, ScopedRole } from '../../../wire/identity.ts';
import type { AccountsSeed } from '../../core/credentials/accounts.ts';
import { readPermissionSet, readPlace, readUser } from '../../control/accounts-input.ts';
import type { Directory } from '../directory/directory.ts';
import { readDirectory } from './directory-input.ts';
import { createFileDirectory } from './file-directory.ts';
import { createFileWorld, type Nesting } from './file-world.ts';
import { readInput, type Input } from '../../control/input.ts';
import { standardAccounts } from '../../control/standard-accounts.ts';
import { placeKey, scopeFields, subjectTypes, type World } from '../world.ts';

/** A world, who and what its uuids are, and the account that looks at it. */
export interface SandboxWorld {
  readonly world: World;
  readonly directory: Directory;
  readonly accounts: AccountsSeed;
}

const maxReferenceLength = 100;
const emptyDirectory = { users: [], devices: [], groups: [], policies: [] };

/**
 * Reads somebody's own world from parsed JSON (its format: `README.md`). Throws a `SandboxInputError` that names every
 * mistake and its place in the file.
 */
export const parseWorld = (json: unknown): SandboxWorld => readInput(json, readWorld);

const readWorld = (input: Input): SandboxWorld => {
  const fields = input.fields(['subjects', 'nesting', 'users', 'permissionSets', 'directory', 'allowUnknown']);
  const allowsUnknown = fields.allowUnknown.optional((flag) => flag.flag()) ?? false;
  const others = allowsUnknown ? 'allowed' : 'refused';
  const subjects = fields.subjects.items().map((subject) => readSubject(subject, others));
  const nestings =
    fields.nesting.optional((nesting) => nesting.items().map((item) => readNesting(item, allowsUnknown))) ?? [];
  refuseCircles(nestings, fields.nesting);
  const world = createFileWorld(subjects, nestings);
  const directory = createFileDirectory(
    world,
    fields.directory.optional((objects) => readDirectory(objects, others)) ?? emptyDirectory,
  );
  return { world, directory, accounts: readAccounts(fields.users, fields.permissionSets) };
};

/** Checks an entry and answers it as it was written: what upstream may leave out may be left out here. */
const readSubject = (input: Input, others: 'refused' | 'allowed'): RoleAssignment => {
  const { subjectReference, subjectType, roles } = input.fields(['subjectReference', 'subjectType', 'roles'], others);
  subjectReference.text(maxReferenceLength);
  subjectType.optional((type) => (others === 'allowed' ? type.text(100, 0) : type.oneOf(['', ...subjectTypes])));
  roles.optional((list) => {
    for (const role of list.items()) readRole(role, others);
  });
  return input.value as RoleAssignment;
};

const readRole = (input: Input, others: 'refused' | 'allowed'): ScopedRole => {
  const { roleName, scopes } = input.fields(['roleName', 'scopes'], others);
  roleName.text();
  scopes.optional((list) => {
    for (const scope of list.items()) readScope(scope, others);
  });
  return input.value as ScopedRole;
};

const readScope = (input: Input, others: 'refused' | 'allowed'): Scope => {
  const fields = input.fields(scopeFields, others);
  for (const field of scopeFields) fields[field].optional((uuid) => uuid.text(100, 0));
  return input.value as Scope;
};

const readNesting = (input: Input, allowsUnknown: boolean): Nesting => {
  const { scope, contains } = input.fields(['scope', 'contains']);
  const kind = allowsUnknown ? 'any' : 'documented';
  return { place: readPlace(scope, kind), contains: contains.items().map((child) => readPlace(child, kind)) };
};

/** A place inside itself would make every walk endless. */
const refuseCircles = (nestings: readonly Nesting[], input: Input): void => {
  const children = new Map<string, string[]>();
  for (const { place, contains } of nestings) {
    const key = placeKey(place);
    children.set(key, [...(children.get(key) ?? []), ...contains.map(placeKey)]);
  }
  const left = new Set<string>();
  const open = new Set<string>();
  const isCircular = (start: string): boolean => {
    if (left.has(start)) return false;
    if (open.has(start)) return true;
    open.add(start);
    const found = (children.get(start) ?? []).some(isCircular);
    open.delete(start);
    left.add(start);
    return found;
  };
  for (const [i, { place }] of nestings.entries()) {
    if (isCircular(placeKey(place))) {
      input.problem(`item ${i} puts ${place.field} ${place.uuid} inside itself, by way of what it contains`);
      return;
    }
  }
};

/** The file's own account; where it has none, an administrator who sees everything and a Superuser. */
const readAccounts = (users: Input, permissionSets: Input): AccountsSeed => {
  if (users.isAbsent && permissionSets.isAbsent) {
    return {
      users: standardAccounts.users.filter(({ name }) => /^(?:administrator|superuser)@/.test(name)),
      permissionSets: standardAccounts.permissionSets.filter(({ name }) => name === 'all static groups'),
    };
  }
  const setInputs = permissionSets.optional((list) => list.items()) ?? [];
  const sets = setInputs.map(readPermissionSet);
  for (const [i, input] of setInputs.entries())
    refuseRepeated(
      input,
      sets.map(({ name }) => name),
      i,
      'permission set',
    );
  const userInputs = users.items();
  const read = userInputs.map(readUser);
  if (userInputs.length === 0) users.problem('expected at least one user');
  for (const [i, input] of userInputs.entries()) {
    refuseRepeated(
      input,
      read.map(({ name }) => name),
      i,
      'user',
    );
    refuseRepeated(
      input,
      read.map(({ reference }) => reference),
      i,
      'reference',
    );
    for (const name of read[i]?.permissionSets ?? []) {
      if (!sets.some((set) => set.name === name))
        input.problem(`there is no permission set "${name}" in permissionSets`);
    }
  }
  return { users: read, permissionSets: sets };
};

const refuseRepeated = (input: Input, names: readonly string[], index: number, what: string): void => {
  const name = names[index] ?? '';
  if (name !== '' && names.indexOf(name) < index) input.problem(`there is a ${what} "${name}" already`);
};
