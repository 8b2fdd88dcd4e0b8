import type { Scope, ScopedRole, Subject } from '../model/subject.ts';
import { compareTexts } from './census/sort.ts';

/** In the order in which they are told: the cheapest explanation first. */
const reasonKinds = ['DIRECT', 'INHERITED', 'GLOBAL'] as const;

export type ReasonKind = (typeof reasonKinds)[number];

/** One way in which somebody has a role somewhere. */
export interface AccessReason {
  /** `DIRECT`: the grant lists the scope. `INHERITED`: it lists a scope around it. `GLOBAL`: it lists none. */
  readonly kind: ReasonKind;
  /** The grant. */
  readonly scopedRole: ScopedRole;
  /** The user group that holds it; null where the subject itself does. */
  readonly memberOf: string | null;
  /** From the scope of the grant down to the one that is asked about; empty for `GLOBAL`. */
  readonly path: readonly Scope[];
}

/** A scope that is asked about, and what stands above it, nearest first. */
export interface Place {
  readonly scope: Scope;
  readonly ancestors: readonly Scope[];
}

/** Somebody whose grants count for the subject that is asked about: itself, or a group that it is a member of. */
export interface Holder {
  readonly subject: Subject;
  readonly isGroup: boolean;
}

interface ReasonFilter {
  readonly roleName?: string | undefined;
  readonly kinds?: readonly ReasonKind[] | undefined;
}

/** Everything that gives the holder's grants an effect at the place, in no particular order. */
export const reasonsAt = (holder: Holder, place: Place, { roleName, kinds }: ReasonFilter): AccessReason[] => {
  const memberOf = holder.isGroup ? holder.subject.reference : null;
  const found: AccessReason[] = [];
  const add = (kind: ReasonKind, scopedRole: ScopedRole, path: readonly Scope[]): void => {
    if (kinds === undefined || kinds.includes(kind)) found.push({ kind, scopedRole, memberOf, path });
  };
  for (const role of holder.subject.roles) {
    if (roleName !== undefined && role.name !== roleName) continue;
    if (role.scopes.length === 0) {
      add('GLOBAL', role, []);
      continue;
    }
    if (listsScope(role, place.scope)) add('DIRECT', role, [place.scope]);
    place.ancestors.forEach((ancestor, at) => {
      if (listsScope(role, ancestor)) {
        add('INHERITED', role, [...place.ancestors.slice(0, at + 1).toReversed(), place.scope]);
      }
    });
  }
  return found;
};

/** Everything that gives the holder a role anywhere: one reason for each scope that the role lists, or for everywhere. */
export const reasonsAnywhere = ({ subject, isGroup }: Holder, roleName: string | undefined): AccessReason[] => {
  const memberOf = isGroup ? subject.reference : null;
  return subject.roles
    .filter(({ name }) => roleName === undefined || name === roleName)
    .flatMap((scopedRole): AccessReason[] =>
      scopedRole.scopes.length === 0
        ? [{ kind: 'GLOBAL', scopedRole, memberOf, path: [] }]
        : scopedRole.scopes.map((scope) => ({ kind: 'DIRECT', scopedRole, memberOf, path: [scope] })),
    );
};

/** Whether one scope that the role lists has all components of this one: a composite scope names each of its components. */
export const listsScope = (
  { scopes }: Pick<ScopedRole, 'scopes'>,
  { components }: Pick<Scope, 'components'>,
): boolean =>
  scopes.some((listed) =>
    components.length === 0
      ? listed.components.length === 0
      : components.every(({ field, uuid }) =>
          listed.components.some((component) => component.field === field && component.uuid === uuid),
        ),
  );

/** By kind, own before group, the shorter way first, then by names: a total order of the reasons of one subject. */
export const compareReasons = (one: AccessReason, other: AccessReason): number =>
  reasonKinds.indexOf(one.kind) - reasonKinds.indexOf(other.kind) ||
  Number(one.memberOf !== null) - Number(other.memberOf !== null) ||
  one.path.length - other.path.length ||
  compareTexts(one.scopedRole.name, other.scopedRole.name) ||
  one.scopedRole.ordinal - other.scopedRole.ordinal ||
  compareTexts(one.memberOf ?? '', other.memberOf ?? '');
