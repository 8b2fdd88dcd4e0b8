import { createHash } from 'node:crypto';
import type { Scope } from '../../../wire/identity.ts';
import { Problem } from '../problem.ts';
import { placesOf, type Place } from '../../world/world.ts';

/** What a permission set can let its holders do; `all` includes the others. */
const functionalities = [
  'role-assignments.read',
  'role-assignments.write',
  'roles.write',
  'permissions.read',
  'users.read',
  /** Device groups and their members too. */
  'devices.read',
  'policies.read',
  'all',
] as const;
export type Functionality = (typeof functionalities)[number];

/** A named piece of rights: these functions, over these static groups and what is in them. */
export interface PermissionSet {
  readonly name: string;
  /** Each named by a scope object of one component. */
  readonly staticGroups: 'all' | readonly Scope[];
  readonly functionality: readonly string[];
}

/** A user of the account. Its ESET PROTECT access is always Custom: it may do what its permission sets say. */
export interface User {
  readonly name: string;
  /** Undefined until the invitation is accepted. */
  readonly password: string | undefined;
  /** The `sub` of its tokens. */
  readonly reference: string;
  /** A Superuser makes users and permission sets, and may not call the API itself. */
  readonly isSuperuser: boolean;
  /** The Integrations toggle. */
  readonly integrations: boolean;
  readonly permissionSets: readonly string[];
}

export interface AccountsSeed {
  readonly users: readonly User[];
  readonly permissionSets: readonly PermissionSet[];
}

/** What a new user starts with. Its invitation is still to be accepted. */
export interface NewUser {
  readonly name: string;
  /** Default: false, as ESET's toggle. */
  readonly integrations?: boolean;
  /** Default: none. */
  readonly permissionSets?: readonly string[];
}

/** Where a user may do something: everywhere, in some places, or nowhere, and then why. */
export type Rights = { readonly places: 'all' | readonly Place[] } | { readonly refusedBecause: string };

/** A uuid that follows from a text. */
export const uuidFrom = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** The account's users and permission sets. Every change has its effect on the very next call. */
export class Accounts {
  readonly #users = new Map<string, User>();
  readonly #usersByReference = new Map<string, User>();
  readonly #sets = new Map<string, PermissionSet>();
  readonly #seed: AccountsSeed;
  #created = 0;

  constructor(seed: AccountsSeed) {
    this.#seed = seed;
    this.reset();
  }

  /** Puts everything back to how it was at the start. */
  reset(): void {
    this.#users.clear();
    this.#usersByReference.clear();
    this.#sets.clear();
    for (const set of this.#seed.permissionSets) this.#sets.set(set.name, set);
    for (const user of this.#seed.users) this.#put(user);
  }

  users(): User[] {
    return [...this.#users.values()];
  }

  permissionSets(): PermissionSet[] {
    return [...this.#sets.values()];
  }

  userByReference(reference: string): User | undefined {
    return this.#usersByReference.get(reference);
  }

  /** The user whose name and password these are; undefined also where the invitation is not accepted. */
  login(name: string, password: string): User | undefined {
    const user = this.#users.get(name);
    return user?.password !== undefined && user.password === password ? user : undefined;
  }

  /** Where a user may do what needs this functionality: its sets add up. */
  rightsOf(user: User, functionality: Functionality): Rights {
    if (user.isSuperuser) return { refusedBecause: 'a Superuser account cannot be used for integrations' };
    if (!user.integrations) return { refusedBecause: 'integrations are not enabled for this user' };
    if (user.permissionSets.length === 0) return { refusedBecause: 'no permission set is assigned to this user' };
    const granting = user.permissionSets
      .map((name) => this.#sets.get(name))
      .filter((set) => set?.functionality.some((name) => name === 'all' || name === functionality));
    if (granting.length === 0) {
      return { refusedBecause: `no permission set of this user has the functionality ${functionality}` };
    }
    const places: Place[] = [];
    for (const set of granting) {
      if (set?.staticGroups === 'all') return { places: 'all' };
      places.push(...(set?.staticGroups ?? []).flatMap(placesOf));
    }
    return places.length > 0
      ? { places }
      : { refusedBecause: 'the permission sets of this user cover no static group' };
  }

  /** Refuses with 403 unless this is a Superuser's name. */
  requireSuperuser(actor: string | undefined): void {
    if (actor !== undefined && this.#users.get(actor)?.isSuperuser === true) return;
    throw new Problem(403, 'Only a Superuser may do this. Name one in the header acting-as.');
  }

  createUser({ name, integrations = false, permissionSets = [] }: NewUser): User {
    if (this.#users.has(name)) throw new Problem(409, `There is a user ${name} already.`);
    for (const set of permissionSets) this.#set(set);
    this.#created++;
    const reference = uuidFrom(`user ${this.#created} ${name}`);
    const user: User = { name, password: undefined, reference, isSuperuser: false, integrations, permissionSets };
    this.#put(user);
    return user;
  }

  /** What the invited person does: from now on the user can log in. */
  acceptInvitation(name: string, password: string): User {
    const user = this.user(name);
    if (user.password !== undefined) throw new Problem(409, `${name} has accepted its invitation already.`);
    return this.#put({ ...user, password });
  }

  setIntegrations(name: string, integrations: boolean): User {
    return this.#put({ ...this.user(name), integrations });
  }

  assign(name: string, set: string): User {
    this.#set(set);
    const user = this.user(name);
    return this.#put({ ...user, permissionSets: [...new Set([...user.permissionSets, set])] });
  }

  unassign(name: string, set: string): User {
    const user = this.user(name);
    if (!user.permissionSets.includes(set)) throw new Problem(404, `${name} does not have the set ${set}.`);
    return this.#put({ ...user, permissionSets: user.permissionSets.filter((other) => other !== set) });
  }

  removeUser(name: string): void {
    const user = this.user(name);
    this.#users.delete(name);
    this.#usersByReference.delete(user.reference);
  }

  createPermissionSet(set: PermissionSet): PermissionSet {
    if (this.#sets.has(set.name)) throw new Problem(409, `There is a permission set ${set.name} already.`);
    return this.#putSet(set);
  }

  changePermissionSet(name: string, change: Partial<Omit<PermissionSet, 'name'>>): PermissionSet {
    return this.#putSet({ ...this.#set(name), ...change });
  }

  /** Takes the set away from all who have it, too. */
  removePermissionSet(name: string): void {
    this.#set(name);
    for (const user of this.users()) if (user.permissionSets.includes(name)) this.unassign(user.name, name);
    this.#sets.delete(name);
  }

  /** Refuses with 404 where there is no such user. */
  user(name: string): User {
    const user = this.#users.get(name);
    if (user === undefined) throw new Problem(404, `There is no user ${name}.`);
    return user;
  }

  #set(name: string): PermissionSet {
    const set = this.#sets.get(name);
    if (set === undefined) throw new Problem(404, `There is no permission set ${name}.`);
    return set;
  }

  #putSet(set: PermissionSet): PermissionSet {
    const { staticGroups } = set;
    if (staticGroups !== 'all' && staticGroups.some((scope) => placesOf(scope).length !== 1)) {
      throw new Problem(400, 'A static group is named by a scope object of exactly one component.');
    }
    this.#sets.set(set.name, set);
    return set;
  }

  #put(user: User): User {
    this.#users.set(user.name, user);
    this.#usersByReference.set(user.reference, user);
    return user;
  }
}
