import type { Operation } from '../model/operation.ts';
import { andThen, onceSettled } from '../platform/maybe-promise.ts';
import { turnsOf } from '../platform/work-in-turns.ts';
import { createClosedDomains } from './closed-domains.ts';
import { createDevices } from './devices.ts';
import type { Directory, Outlook } from './directory.ts';
import { byName } from './group-tree.ts';
import { createGroups } from './groups.ts';
import { createPermissions } from './permissions.ts';
import { createPolicies } from './policies.ts';
import { groupIn, isInTree, nameInTree, pathThrough, readMany } from './read-many.ts';
import { found, mapResolved, noSource, unavailable } from './resolved.ts';
import { childrenIn, scopeOfThing } from './scope-path.ts';
import type { DirectoryParts } from './sources.ts';
import { createUsers } from './users.ts';

type DirectoryOptions = Omit<DirectoryParts, 'closed'>;

/** Answers who and what the uuids are, for each operation by itself. What was read for one serves the others of its caller. */
export const createDirectory = (
  options: DirectoryOptions,
): { forOperation(operation: Operation, outlook?: Outlook): Directory } => {
  const parts: DirectoryParts = { ...options, closed: createClosedDomains(options.clock) };
  const users = createUsers(parts);
  const findDevice = createDevices(parts);
  const findPolicy = createPolicies(parts);
  const groups = createGroups(parts);
  const permissions = createPermissions(parts);
  return {
    forOperation: (operation, outlook) =>
      directoryFor({ users, findDevice, findPolicy, groups, permissions }, operation, outlook),
  };
};

interface Sources {
  readonly users: ReturnType<typeof createUsers>;
  readonly findDevice: ReturnType<typeof createDevices>;
  readonly findPolicy: ReturnType<typeof createPolicies>;
  readonly groups: ReturnType<typeof createGroups>;
  readonly permissions: ReturnType<typeof createPermissions>;
}

const directoryFor = (
  { users, findDevice, findPolicy, groups, permissions }: Sources,
  operation: Operation,
  outlook: Outlook | undefined,
): Directory => {
  // Most operations ask for no name: nothing is made before one does.
  const user = once(() => users.find(operation, outlook));
  const device = once(() => findDevice(operation, outlook));
  const policy = once(() => findPolicy(operation, outlook));
  const tree = onceSettled(() => groups.tree(operation));
  const allUsers = onceSettled(() => users.all(operation));

  const directory: Directory = {
    user: (uuid) => user().one(uuid),
    device: (uuid) => device().one(uuid),
    policy: (uuid) => policy().one(uuid),
    assetGroup: (uuid) => andThen(tree(), (groups) => groupIn(groups, uuid)),
    membersOf: (userGroupUuid) => users.membersOf(userGroupUuid, operation),
    allUsers,
    costOfAllUsers: () => users.costOfAll(operation),
    permissions: () => permissions(operation),
    tree,
    nameOfSubject({ type, reference }) {
      if (type === 'USER') return directory.user(reference);
      return type === 'DEVICE' ? directory.device(reference) : noSource;
    },
    nameOfScope(scope) {
      switch (scope.kind) {
        case 'USER':
          return directory.user(scope.uuid);
        case 'DEVICE':
          return directory.device(scope.uuid);
        case 'POLICY':
          return directory.policy(scope.uuid);
        default:
          return isInTree(scope.kind) ? andThen(tree(), (groups) => nameInTree(scope, groups)) : noSource;
      }
    },
    pathOf: (scope) =>
      andThen(scope.kind === 'DEVICE' ? directory.device(scope.uuid) : undefined, (device) => {
        const isTreeWanted = device === undefined ? isInTree(scope.kind) : device.resolution === 'FOUND';
        return andThen(isTreeWanted ? tree() : unavailable, (groups) => pathThrough(scope, groups, device));
      }),
    readMany: (wanted) => readMany(wanted, { user, device, policy, tree, taker: turnsOf(operation) }),
    async childrenOf(scope) {
      if (!isInTree(scope.kind)) return found([]);
      const resolved = await tree();
      if (resolved.resolution !== 'FOUND') return resolved;
      const inside = childrenIn(resolved.value, scope);
      if (scope.kind !== 'ASSET_GROUP' || resolved.value.group(scope.uuid) === undefined) return found(inside);
      return mapResolved(await groups.devicesIn(scope.uuid, operation), (devices) => [
        ...inside,
        ...devices.toSorted(byName).map(({ uuid }) => scopeOfThing('DEVICE', uuid)),
      ]);
    },
  };
  return directory;
};

const once = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
};
