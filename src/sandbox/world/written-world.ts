import type { RoleAssignment, ScopedRole } from '../../wire/identity.ts';
import { rankWords } from './rank-words.ts';
import { typeOf, type Place, type World } from './world.ts';

/** What was written over a world that does not change. Each write makes a new one, so that reads can lag behind. */
interface Version {
  readonly number: number;
  /** Reads show it from this moment on. */
  readonly visibleFromMs: number;
  /** Entries that were written, by their index; from the world's size on those that came to exist. */
  readonly written: ReadonlyMap<number, RoleAssignment>;
  /** Roles that were taken from every entry that is not among the written ones. */
  readonly deletedRoles: ReadonlySet<string>;
}

/** A world as it is after some writes. */
export interface WrittenWorld extends World {
  /** Equal only for the same state of the same world. */
  readonly version: number;
}

/** A world that can be written to. */
export interface WritableWorld {
  /** As reads show it at this moment. */
  at(nowMs: number): WrittenWorld;
  /** As it really is: what the next write starts from. */
  current(): WrittenWorld;
  /** Every entry of a subject as it really is, those that have vanished included. */
  entriesOf(reference: string): readonly { readonly index: number; readonly entry: RoleAssignment }[];
  /** Gives an entry, or a new one where `index` is undefined, these roles. An entry that is left without any vanishes. */
  setRoles(index: number | undefined, entry: RoleAssignment, roles: readonly ScopedRole[], visibleFromMs: number): void;
  /** Takes a role from every entry. */
  deleteRole(roleName: string, visibleFromMs: number): void;
  /** Forgets every write. */
  reset(): void;
}

/** Lets a world be written to. The world itself stays as it is, and costs nothing where nothing was written. */
export const createWritableWorld = (base: World): WritableWorld => {
  const ranks = new Map<string, Uint32Array>();
  const hiddenByDeletion = new WeakMap<ReadonlySet<string>, readonly number[]>();
  const remembering: World = {
    ...base,
    ranksBy(field) {
      const found = ranks.get(field) ?? base.ranksBy(field);
      ranks.set(field, found);
      return found;
    },
  };
  const none: Version = { number: 0, visibleFromMs: -Infinity, written: new Map(), deletedRoles: new Set() };
  /** The oldest first; the first one is visible. */
  let versions: readonly Version[] = [none];
  let count = 0;
  const worlds = new WeakMap<Version, WrittenWorld>();

  const worldOf = (version: Version): WrittenWorld => {
    const found = worlds.get(version) ?? createVersionWorld(remembering, version, hiddenByDeletion);
    worlds.set(version, found);
    return found;
  };
  const last = (): Version => versions.at(-1) ?? none;
  const push = (change: Pick<Version, 'written' | 'deletedRoles'>, visibleFromMs: number): void => {
    count++;
    versions = [...versions, { ...change, number: count, visibleFromMs }];
  };

  return {
    at(nowMs) {
      const visible = versions.findLastIndex(({ visibleFromMs }) => visibleFromMs <= nowMs);
      // What is older than the visible version is never shown again.
      if (visible > 0) versions = versions.slice(visible);
      return worldOf(versions[0] ?? none);
    },
    current: () => worldOf(last()),
    entriesOf(reference) {
      const world = worldOf(last());
      const added = [...last().written].filter(
        ([index, entry]) => index >= base.size && entry.subjectReference === reference,
      );
      return [...base.indicesOf(reference), ...added.map(([index]) => index)].map((index) => ({
        index,
        entry: world.assignmentAt(index),
      }));
    },
    setRoles(index, entry, roles, visibleFromMs) {
      const { written, deletedRoles } = last();
      const at = index ?? base.size + [...written.keys()].filter((key) => key >= base.size).length;
      push({ written: new Map(written).set(at, { ...entry, roles }), deletedRoles }, visibleFromMs);
    },
    deleteRole(roleName, visibleFromMs) {
      const { written, deletedRoles } = last();
      const without = (entry: RoleAssignment): RoleAssignment => ({
        ...entry,
        roles: (entry.roles ?? []).filter((role) => role.roleName !== roleName),
      });
      push(
        {
          written: new Map([...written].map(([index, entry]) => [index, without(entry)])),
          deletedRoles: new Set(deletedRoles).add(roleName),
        },
        visibleFromMs,
      );
    },
    reset() {
      versions = [none];
    },
  };
};

const createVersionWorld = (
  base: World,
  { number, written, deletedRoles }: Version,
  hiddenByDeletion: WeakMap<ReadonlySet<string>, readonly number[]>,
): WrittenWorld => {
  if (number === 0) return { ...base, version: 0 };
  const isDeleted = (role: ScopedRole): boolean => role.roleName !== undefined && deletedRoles.has(role.roleName);
  const assignmentAt = (index: number): RoleAssignment => {
    const own = written.get(index);
    if (own !== undefined) return own;
    const entry = base.assignmentAt(index);
    const { roles } = entry;
    if (deletedRoles.size === 0 || roles === undefined || !roles.some(isDeleted)) return entry;
    return { ...entry, roles: roles.filter((role) => !isDeleted(role)) };
  };
  /** Whether an entry of the world has lost its last role because roles were deleted. */
  const isEmptied = (index: number): boolean => {
    if (deletedRoles.size === 0) return false;
    const { roles = [] } = base.assignmentAt(index);
    return roles.length > 0 && roles.every(isDeleted);
  };
  const isThere = (index: number): boolean => {
    const own = written.get(index);
    return own === undefined ? !isEmptied(index) : (own.roles ?? []).length > 0;
  };

  const addedIndices = [...written.keys()].filter((index) => index >= base.size);
  const capacity = base.size + addedIndices.length;
  const findHidden = (): readonly number[] => {
    let emptied = hiddenByDeletion.get(deletedRoles);
    if (emptied === undefined) {
      emptied = deletedRoles.size === 0 ? [] : Array.from({ length: base.size }, (_, i) => i).filter(isEmptied);
      hiddenByDeletion.set(deletedRoles, emptied);
    }
    return [...new Set([...emptied, ...written.keys()])].filter((index) => !isThere(index));
  };
  const hidden = new Set(findHidden());
  const visible =
    hidden.size === 0
      ? undefined
      : Uint32Array.from(Array.from({ length: capacity }, (_, i) => i).filter((i) => !hidden.has(i)));

  return {
    ...base,
    version: number,
    size: capacity - hidden.size,
    visible,
    assignmentAt,
    indicesOf: (reference) => [
      ...base.indicesOf(reference).filter(isThere),
      ...addedIndices.filter((index) => written.get(index)?.subjectReference === reference && isThere(index)),
    ],
    ranksBy(field) {
      if (addedIndices.length === 0) return base.ranksBy(field);
      return rankWords(capacity, (index) =>
        field === 'subjectType' ? typeOf(assignmentAt(index)) : (assignmentAt(index).subjectReference ?? ''),
      );
    },
    *candidatesWithin(where: readonly Place[]) {
      const named = new Set(written.keys());
      for (const index of base.candidatesWithin(where)) named.add(index);
      for (const index of [...named].toSorted((a, b) => a - b)) if (isThere(index)) yield index;
    },
  };
};
