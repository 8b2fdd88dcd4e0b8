import type { Directory } from '../directory/directory.ts';
import { isLinkedKind } from '../directory/group-tree.ts';
import type { Scope, Subject, SubjectType } from '../model/subject.ts';
import { type AccessGap, sortedGaps } from './gaps.ts';
import { type FindSubject, groupsOfUser } from './groups-of.ts';
import { linkedAncestors, type ReadPlace, readPlace } from './place.ts';
import { type AccessReason, compareReasons, type Holder, listsScope, reasonsAnywhere, reasonsAt } from './reasons.ts';

export interface CheckQuestion {
  readonly reference: string;
  /** Absent: whatever the reference is. */
  readonly type?: SubjectType | undefined;
  readonly roleName: string;
  /** Absent: anywhere. */
  readonly at?: Scope | undefined;
  readonly includeNestedScopes: boolean;
}

export interface CheckAnswer {
  /** Null: not as far as is known, and something is not known. */
  readonly isAllowed: boolean | null;
  readonly reasons: readonly AccessReason[];
  readonly gaps: readonly AccessGap[];
}

interface CheckParts {
  readonly directory: Pick<Directory, 'pathOf' | 'tree' | 'user'>;
  /** The subject that is asked about. */
  readonly findSubject: () => Promise<Subject | null>;
  readonly findGroup: FindSubject;
  /** Whether some assignment names a scope, as far as that is known without a call. */
  readonly isNamed: (scope: Scope) => boolean;
}

/** Whether somebody holds a role at a place, and every reason why. Costs lookups, and no census. */
export const checkAccess = async (
  { reference, type, roleName, at }: CheckQuestion,
  parts: CheckParts,
): Promise<CheckAnswer> => {
  const { directory, findSubject, findGroup } = parts;
  const finding = findSubject();
  const groupsOf = async () => {
    // Whom upstream lists nothing for can be a user who is in a group.
    const known = type ?? (await finding)?.type ?? 'USER';
    return known === 'USER' ? groupsOfUser(reference, directory, findGroup) : { groups: [], gap: undefined };
  };
  const [subject, { groups, gap }, read] = await Promise.all([
    finding,
    groupsOf(),
    at === undefined ? undefined : readPlace(at, directory),
  ]);
  const holders: readonly Holder[] = [
    ...(subject === null ? [] : [{ subject, isGroup: false }]),
    ...groups.map((group) => ({ subject: group, isGroup: true })),
  ];
  const reasons = holders
    .flatMap((holder) =>
      read === undefined ? reasonsAnywhere(holder, roleName) : reasonsAt(holder, read.place, { roleName }),
    )
    .sort(compareReasons);
  const gaps = sortedGaps([gap, read?.gap, read && (await gapOfAliases(read, holders, roleName, parts))]);
  return { isAllowed: reasons.length > 0 ? true : gaps.length > 0 ? null : false, reasons, gaps };
};

/**
 * A group above may stand for a customer, MSP or site under another uuid than assignments have for it. That matters where nobody is known to name it, and a
 * holder has the role at one that no group stands for.
 */
const gapOfAliases = async (
  { place }: ReadPlace,
  holders: readonly Holder[],
  roleName: string,
  { directory, isNamed }: CheckParts,
): Promise<AccessGap | undefined> => {
  const isNamedByHolder = (scope: Scope): boolean =>
    holders.some(({ subject }) => subject.roles.some((role) => listsScope(role, scope)));
  const isUnnamed = (scope: Scope): boolean => !isNamedByHolder(scope) && !isNamed(scope);
  if (!linkedAncestors(place).some(isUnnamed)) return undefined;
  const tree = await directory.tree();
  if (tree.resolution !== 'FOUND') return undefined;
  const standsAlone = holders.some(({ subject }) =>
    subject.roles.some(
      (role) =>
        role.name === roleName &&
        role.scopes.some(({ components }) =>
          components.some(({ kind, uuid }) => isLinkedKind(kind) && tree.value.groupOf(kind, uuid) === undefined),
        ),
    ),
  );
  return standsAlone ? 'UNIDENTIFIED_ANCESTOR' : undefined;
};
