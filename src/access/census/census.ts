import type { ScopeMatcher } from '../../assignments/assignments.ts';
import type { Operation } from '../../model/operation.ts';
import type { Scope, ScopeKind, Subject, SubjectType } from '../../model/subject.ts';
import type { FindingCounts } from './finding-counts.ts';
import type { Order } from './ranks.ts';
import type { SmallNumbers } from './small-numbers.ts';

/** Places of subjects in `Census.subjects`, each once and ascending. */
export type Ranks = Int32Array;

/** A role, and how many hold it. A subject counts once, however often it holds the role. */
export interface RoleTally {
  readonly name: string;
  readonly holderCount: number;
  /** Those who hold it everywhere. */
  readonly globalHolderCount: number;
  /** How many scopes it is held at. */
  readonly scopeCount: number;
}

/** A scope that some role lists. */
export interface ScopeTally {
  readonly scope: Scope;
  /** Subjects named there, each once. */
  readonly holderCount: number;
  /** Different names of roles. */
  readonly roleCount: number;
}

/** Where a role is held: indexes of scopes, those with most holders of it first, equal ones ascending; and of each how many hold it there. */
export interface ScopesOfRole {
  readonly scopes: Int32Array;
  readonly holderCounts: SmallNumbers;
}

export interface TypeCount {
  readonly type: SubjectType;
  readonly rawType: string;
  readonly count: number;
}

export interface KindCount {
  readonly kind: ScopeKind;
  readonly count: number;
}

/**
 * Everything that a credential sees, at one time, as one picture: who holds what where, found from every side. Immutable. It can be made of the pages of
 * one complete walk, or of a database.
 *
 * A subject is one reference and type, whatever entries it comes in. An assignment is one subject, one role, and one scope or everywhere, however often it is
 * listed. Scopes are the same where they have the same components.
 */
export interface Census {
  /** When the oldest of what it is made of was true, in milliseconds of the gateway's clock. */
  readonly asOfMs: number;
  readonly assignmentCount: number;
  readonly globalAssignmentCount: number;
  /** By reference and then upstream's word for the type, by code units. */
  readonly subjects: readonly Subject[];
  /** Largest first, then by upstream's word. */
  readonly subjectTypes: readonly TypeCount[];
  /** Distinct scopes. Largest first, then by name. */
  readonly scopeKinds: readonly KindCount[];
  /** By name. */
  readonly roles: readonly RoleTally[];
  readonly scopeCount: number;
  /** By kind, uuid and further components. */
  scopeAt(index: number): ScopeTally;
  /** Indexes of the scopes, or of those of a kind, those with most holders first or last; equal ones ascending. */
  scopesByHolders(direction: 'ASC' | 'DESC', kind?: ScopeKind): Order;
  /** Indexes of the scopes of a kind: from `start` to before `end`. */
  scopesOfKind(kind: ScopeKind): { readonly start: number; readonly end: number };
  /** Indexes of the scopes that have all of these components. */
  scopesNaming(matcher: ScopeMatcher): readonly number[];
  /** Where a subject stands in `subjects`; where it would stand, as -1 - that, if it is not there. */
  rankOf(reference: string, rawType: string): number;
  /** Who holds a role everywhere, or this role. */
  globalHolders(roleName?: string): Ranks;
  /** Who is named at any of these scopes, with this role or any. */
  holdersAt(scopes: readonly number[], roleName?: string): Ranks;
  /** Where a role is held. */
  scopesOf(roleName: string): ScopesOfRole;
  /** Those of one type among some. */
  ofType(ranks: Ranks, type: SubjectType): Ranks;
  /** Where findings that follow from the census alone are, by kind and severity. */
  readonly findings: Pick<FindingCounts, 'get'>;
  /** How many hold each of these roles at each of these scopes: `[role][scope]`. */
  countHolders(roleNames: readonly string[], scopes: readonly number[]): readonly (readonly number[])[];
}

/** Where a census comes from. */
export interface CensusSource {
  /**
   * The whole account as the credential sees it. Operations that want it at the same time share one walk. Fails as that does: `CALL_BUDGET_EXCEEDED` before it
   * begins where the account is too large, `UPSTREAM_PENDING` where it takes longer than the operation may.
   */
  read(includeNestedScopes: boolean, operation: Operation): Promise<Census>;
  /** The last one, where it may answer the operation at once and without a call. */
  known(includeNestedScopes: boolean, operation: Operation): Census | undefined;
}
