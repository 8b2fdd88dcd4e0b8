import type { Scope } from '../../wire/identity.ts';
import { uuidFrom, type NewUser, type PermissionSet, type User } from '../core/credentials/accounts.ts';
import { present, type Input } from './input.ts';
import { scopeFields, scopeOf, type Place } from '../world/world.ts';

const maxUuidLength = 100;

/** Reads a scope object of exactly one component: a place. */
export const readPlace = (input: Input, fields: 'documented' | 'any' = 'documented'): Place => {
  const names: readonly string[] = scopeFields;
  const set = input.entries();
  for (const [name, value] of set) {
    if (fields === 'documented' && !names.includes(name))
      value.problem(`unknown scope field; expected ${names.join(', ')}`);
  }
  const [first, second] = set;
  if (first === undefined || second !== undefined) {
    if (typeof input.value === 'object') input.problem('expected exactly one scope field here');
    return { field: '', uuid: '' };
  }
  return { field: first[0], uuid: first[1].text(maxUuidLength) };
};

/** Reads a scope object of any documented components. */
export const readScope = (input: Input): Scope => {
  const fields = input.fields(scopeFields);
  return present(
    Object.fromEntries(scopeFields.map((name) => [name, fields[name].optional((uuid) => uuid.text(maxUuidLength, 0))])),
  );
};

const readStaticGroups = (input: Input): 'all' | readonly Scope[] =>
  input.value === 'all' ? 'all' : input.items().map((place) => scopeOf(readPlace(place)));

const readNames = (input: Input): string[] => input.items().map((name) => name.text());

/** Reads a permission set: all three of its parts. */
export const readPermissionSet = (input: Input): PermissionSet => {
  const { name, staticGroups, functionality } = input.fields(['name', 'staticGroups', 'functionality']);
  return { name: name.text(), staticGroups: readStaticGroups(staticGroups), functionality: readNames(functionality) };
};

/** Reads what is to change in a permission set. */
export const readPermissionSetChange = (input: Input): Partial<Omit<PermissionSet, 'name'>> => {
  const { staticGroups, functionality } = input.fields(['staticGroups', 'functionality']);
  return present({
    staticGroups: staticGroups.optional(readStaticGroups),
    functionality: functionality.optional(readNames),
  });
};

/** Reads what a new user starts with. */
export const readNewUser = (input: Input): NewUser => {
  const { name, integrations, permissionSets } = input.fields(['name', 'integrations', 'permissionSets']);
  return {
    name: name.text(),
    ...present({
      integrations: integrations.optional((flag) => flag.flag()),
      permissionSets: permissionSets.optional(readNames),
    }),
  };
};

/** Reads a user of a world file: one that is ready to be used unless the file says otherwise. */
export const readUser = (input: Input): User => {
  const fields = input.fields([
    'name',
    'password',
    'reference',
    'superuser',
    'integrations',
    'invitationAccepted',
    'permissionSets',
  ]);
  const name = fields.name.text();
  const isSuperuser = fields.superuser.optional((flag) => flag.flag()) ?? false;
  const isAccepted = fields.invitationAccepted.optional((flag) => flag.flag()) ?? true;
  if (!isAccepted && !fields.password.isAbsent) fields.password.problem('who has not accepted the invitation has none');
  return {
    name,
    password: isAccepted ? fields.password.text() : undefined,
    reference: fields.reference.optional((reference) => reference.text(maxUuidLength)) ?? uuidFrom(`user ${name}`),
    isSuperuser,
    integrations: fields.integrations.optional((flag) => flag.flag()) ?? !isSuperuser,
    permissionSets: fields.permissionSets.optional(readNames) ?? [],
  };
};
