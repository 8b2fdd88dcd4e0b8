import type { Directory } from '../directory/directory.ts';
import type { Scope, ScopeKind, Subject } from '../model/subject.ts';
import { componentsKey } from './census/scope-keys.ts';
import { type AccessGap, sortedGaps } from './gaps.ts';
import { type FindSubject, groupsOfUser } from './groups-of.ts';
import { compareKeys, type KeyedList, listName, listOf } from './keyed-list.ts';
import type { SortKey } from '../assignments/cursor/place.ts';
import { type AccessReason, compareReasons, type Holder, reasonsAnywhere } from './reasons.ts';

export interface SubjectAccessQuestion {
  readonly kind?: ScopeKind | undefined;
  readonly roleName?: string | undefined;
}

/** A role that somebody can act under, and where. */
export interface ReachedRole {
  readonly roleName: string;
  /** Null: everywhere. */
  readonly scope: Scope | null;
  readonly reasons: readonly AccessReason[];
}

export interface SubjectAccess {
  readonly list: Omit<KeyedList<ReachedRole>, 'asOfMs'>;
  readonly gaps: readonly AccessGap[];
}

/** What somebody can reach: its own roles and those of its groups, each where it is granted. By role, everywhere first, then by kind and uuid. */
export const listSubjectAccess = async (
  subject: Subject,
  { kind, roleName }: SubjectAccessQuestion,
  { directory, findGroup }: { readonly directory: Pick<Directory, 'user'>; readonly findGroup: FindSubject },
): Promise<SubjectAccess> => {
  const { groups, gap } =
    subject.type === 'USER'
      ? await groupsOfUser(subject.reference, directory, findGroup)
      : { groups: [], gap: undefined };
  const holders: readonly Holder[] = [
    { subject, isGroup: false },
    ...groups.map((group) => ({ subject: group, isGroup: true })),
  ];
  const reached = new Map<string, { roleName: string; scope: Scope | null; reasons: AccessReason[] }>();
  for (const reason of holders.flatMap((holder) => reasonsAnywhere(holder, roleName))) {
    const scope = reason.path[0] ?? null;
    if (kind !== undefined && scope?.kind !== kind) continue;
    const { name } = reason.scopedRole;
    const key = JSON.stringify([name, scope && componentsKey(scope)]);
    const known = reached.get(key);
    if (known === undefined) reached.set(key, { roleName: name, scope, reasons: [reason] });
    else if (!known.reasons.some((other) => isSameGrant(other, reason))) known.reasons.push(reason);
  }
  const items = [...reached.values()];
  for (const { reasons } of items) reasons.sort(compareReasons);
  items.sort((one, other) => compareKeys(keyOf(one), keyOf(other), directions));
  const name = listName('access of a subject', subject.reference, subject.rawType, kind, roleName);
  return { list: listOf(items, keyOf, { name, asOfMs: 0, directions }), gaps: sortedGaps([gap]) };
};

/** A role can list the same scope twice. */
const isSameGrant = (one: AccessReason, other: AccessReason): boolean => one.scopedRole === other.scopedRole;

const directions = [1, 1, 1, 1, 1] as const;

const keyOf = ({ roleName, scope }: Omit<ReachedRole, 'reasons'>): SortKey =>
  scope === null ? [roleName, 0, '', '', ''] : [roleName, 1, scope.kind, scope.uuid, componentsKey(scope)];
