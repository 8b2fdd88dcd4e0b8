import type { Device } from '../model/device.ts';
import type { DeviceGroup } from '../model/group.ts';
import type { Permission } from '../model/permission.ts';
import type { Policy } from '../model/policy.ts';
import type { Scope, Subject } from '../model/subject.ts';
import type { User } from '../model/user.ts';
import type { MaybePromise } from '../platform/maybe-promise.ts';
import type { GroupTree } from './group-tree.ts';
import type { Resolved } from './resolved.ts';
import type { ScopePath } from './scope-path.ts';

/** What a thing is called, as far as the directory tells; null: it has no name. */
export interface Named {
  readonly displayName: string | null;
  /** Of a user. */
  readonly email?: string | null;
  /** Of a user. */
  readonly otherEmails?: readonly string[];
}

/** What somebody who looks at a whole account wants to know. */
export interface Wanted {
  /** Whose names. */
  readonly subjects?: Iterable<Pick<Subject, 'type' | 'reference'>>;
  /** Whose names. */
  readonly scopes?: Iterable<Pick<Scope, 'kind' | 'uuid'>>;
  /** Of which it is asked what stands above. Undefined among them: nothing was found so far, and others may have their turn. */
  readonly places?: Iterable<Pick<Scope, 'kind' | 'uuid'> | undefined>;
}

/** Tells of everything that was wanted what the methods of the same names would. */
export interface Known {
  nameOfSubject(subject: Pick<Subject, 'type' | 'reference'>): Resolved<Named>;
  nameOfScope(scope: Pick<Scope, 'kind' | 'uuid'>): Resolved<Named>;
  pathOf(scope: Scope): Resolved<ScopePath>;
}

/** What somebody who reads an account to its end knows of what it will ask. */
export interface Outlook {
  /** How many more times about as much as now will be asked for. Default: nobody knows. */
  readonly gatheringsToCome?: number;
}

/**
 * Who and what the uuids are, for one operation. Whatever upstream does, nothing here rejects but `permissions`: every other answer is a value or the
 * reason why there is none. What is in memory is told at once, and not by a promise: pages have hundreds of names.
 */
export interface Directory {
  user(uuid: string): MaybePromise<Resolved<User>>;
  device(uuid: string): MaybePromise<Resolved<Device>>;
  policy(uuid: string): MaybePromise<Resolved<Policy>>;
  /** A device group, be it static or dynamic. */
  assetGroup(uuid: string): MaybePromise<Resolved<DeviceGroup>>;
  /** Who is in a user group, by name and then uuid. A group that upstream does not know is an empty one to it. */
  membersOf(userGroupUuid: string): Promise<Resolved<readonly User[]>>;
  /** Every user of the account, each once. Costs a walk. */
  allUsers(): MaybePromise<Resolved<readonly User[]>>;
  /** How many calls `allUsers` would cost by now, about; undefined where nobody knows how many there are, `Infinity` where there are more than may be walked. For choosing between plans only. */
  costOfAllUsers(): number | undefined;
  /** Everything that roles can be made of, by name, each once. Costs a walk, and fails as one with a `GatewayError`. */
  permissions(): Promise<readonly Permission[]>;
  /** The tree of static groups. Costs the whole list of groups, once. */
  tree(): MaybePromise<Resolved<GroupTree>>;
  /** What a subject is called. `NO_SOURCE` for all but users and devices. */
  nameOfSubject(subject: Pick<Subject, 'type' | 'reference'>): MaybePromise<Resolved<Named>>;
  /** What the narrowest component of a scope is called. */
  nameOfScope(scope: Pick<Scope, 'kind' | 'uuid'>): MaybePromise<Resolved<Named>>;
  /** What stands above a scope. */
  pathOf(scope: Scope): MaybePromise<Resolved<ScopePath>>;
  /**
   * All of this at once, for whoever looks at a whole account: in turns, and without a promise for each thing. Costs what these would cost that are asked one by one at the same time. What is
   * wanted may be made on the way: it is gone through once, in turns as well.
   */
  readMany(wanted: Wanted): Promise<Known>;
  /** What lies directly in a scope: groups and linked things by name, then devices by name. */
  childrenOf(scope: Scope): Promise<Resolved<readonly Scope[]>>;
}
