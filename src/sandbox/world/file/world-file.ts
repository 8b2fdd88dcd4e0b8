import { exactOptional, type GenericSchema } from 'valibot';
import type { RoleAssignment } from '../../../wire/identity.ts';
import { permissionSet, place, writtenUser } from '../../control/accounts-input.ts';
import { SandboxInputError } from '../../input/input-error.ts';
import { fields, flag, listOf, oneOf, readInput, someFields, text } from '../../input/input.ts';
import { standardAccounts } from '../../control/standard-accounts.ts';
import type { AccountsSeed, PermissionSet, User } from '../../core/credentials/accounts.ts';
import type { Directory } from '../directory/directory.ts';
import { placeKey, scopeFields, subjectTypes, type World } from '../world.ts';
import { writtenDirectory, type Others } from './directory-input.ts';
import { createFileDirectory } from './file-directory.ts';
import { createFileWorld, type Nesting } from './file-world.ts';

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
export const parseWorld = (json: unknown): SandboxWorld => {
  const allowsUnknown = (json as { readonly allowUnknown?: unknown } | null)?.allowUnknown === true;
  const file = readInput(writtenWorld(allowsUnknown ? 'allowed' : 'refused'), json);
  // Served as they were written, the order of a scope's fields included: the schema's output has an order of its own.
  const { subjects } = json as Pick<typeof file, 'subjects'>;
  const { nesting = [], users, permissionSets, directory = emptyDirectory } = file;
  const mistakes = [...findCircle(nesting), ...findAccountMistakes(users, permissionSets)];
  if (mistakes.length > 0) throw new SandboxInputError(mistakes);
  const world = createFileWorld(subjects, nesting);
  return {
    world,
    directory: createFileDirectory(world, directory),
    accounts: users === undefined ? ownerless : { users, permissionSets: permissionSets ?? [] },
  };
};

/** Where the file has no account: an administrator who sees everything, and a Superuser. */
const ownerless: AccountsSeed = {
  users: standardAccounts.users.filter(({ name }) => /^(?:administrator|superuser)@/.test(name)),
  permissionSets: standardAccounts.permissionSets.filter(({ name }) => name === 'all static groups'),
};

const writtenWorld = (others: Others) => {
  const object = others === 'allowed' ? someFields : fields;
  const anyPlace = place(others === 'allowed' ? 'any' : 'documented');
  const scope = object(Object.fromEntries(scopeFields.map((field) => [field, exactOptional(text(100, 0))])));
  const role = object({ roleName: text(), scopes: exactOptional(listOf(scope)) });
  // Answered as it was written: what upstream may leave out may be left out here.
  const subject = object({
    subjectReference: text(maxReferenceLength),
    subjectType: exactOptional(others === 'allowed' ? text(100, 0) : oneOf(['', ...subjectTypes])),
    roles: exactOptional(listOf(role)),
  }) as GenericSchema<unknown, RoleAssignment>;
  return fields({
    subjects: listOf(subject),
    nesting: exactOptional(listOf(fields({ scope: anyPlace, contains: listOf(anyPlace) }))),
    users: exactOptional(listOf(writtenUser)),
    permissionSets: exactOptional(listOf(permissionSet)),
    directory: exactOptional(writtenDirectory(others)),
    allowUnknown: exactOptional(flag()),
  });
};

/** A place inside itself would make every walk endless. */
const findCircle = (nestings: readonly Nesting[]): readonly string[] => {
  const children = new Map<string, string[]>();
  for (const { scope, contains } of nestings) {
    const key = placeKey(scope);
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
  const first = nestings.findIndex(({ scope }) => isCircular(placeKey(scope)));
  if (first === -1) return [];
  const { field, uuid } = nestings[first]?.scope ?? { field: '', uuid: '' };
  return [`$.nesting: item ${first} puts ${field} ${uuid} inside itself, by way of what it contains`];
};

/** What does not fit together in the file's own account. */
const findAccountMistakes = (
  users: readonly User[] | undefined,
  permissionSets: readonly PermissionSet[] | undefined,
): readonly string[] => {
  if (users === undefined) return permissionSets === undefined ? [] : ['$.users: expected a list, got nothing'];
  const sets = permissionSets ?? [];
  return [
    ...(users.length === 0 ? ['$.users: expected at least one user'] : []),
    ...findRepeated(
      '$.permissionSets',
      'permission set',
      sets.map(({ name }) => name),
    ),
    ...findRepeated(
      '$.users',
      'user',
      users.map(({ name }) => name),
    ),
    ...findRepeated(
      '$.users',
      'reference',
      users.map(({ reference }) => reference),
    ),
    ...users.flatMap((user, i) =>
      user.permissionSets
        .filter((name) => !sets.some((set) => set.name === name))
        .map((name) => `$.users[${i}]: there is no permission set "${name}" in permissionSets`),
    ),
  ];
};

const findRepeated = (list: string, what: string, names: readonly string[]): readonly string[] =>
  names.flatMap((name, i) => (names.indexOf(name) < i ? [`${list}[${i}]: there is a ${what} "${name}" already`] : []));
