import type { ConnectionArgs, Slice } from '../assignments/assignments.ts';
import type { Directory } from '../directory/directory.ts';
import type { Scope, ScopeKind, Subject } from '../model/subject.ts';
import type { Census, KindCount, RoleTally, ScopeTally, TypeCount } from './census/census.ts';
import type { CensusRolesQuestion } from './census-roles.ts';
import type { CensusScopesQuestion, NamesParts, RoleAtScope } from './census-scopes.ts';
import type { AccessGap } from './gaps.ts';
import type { MembersSource } from './group-members.ts';
import type { AccessMatrix, MatrixQuestion } from './matrix.ts';
import type { AccessReason } from './reasons.ts';
import type { ScopeAccessQuestion } from './scope-access.ts';

/** A part of all who can act at a scope. */
export interface ScopeAccessSlice {
  /** By reference and type. */
  readonly slice: Slice<Subject>;
  readonly asOfMs: number;
  readonly gaps: readonly AccessGap[];
  /** Every reason that meets the question, the cheapest explanation first, of a subject of the slice. */
  readonly reasonsOf: (subject: Subject) => readonly AccessReason[];
}

/**
 * What is asked of a whole account, answered from one time, wherever it lies: in memory, or in a database where it has no room in memory. Lists have the same order and the
 * same cursors wherever they come from. Every method fails with a `GatewayError`.
 */
export interface AccountCensus {
  /** When the oldest of what it is made of was true, in milliseconds of the gateway's clock. */
  readonly asOfMs: number;
  /** Different subjects: references with their types. */
  readonly subjectCount: number;
  readonly assignmentCount: number;
  readonly globalAssignmentCount: number;
  /** Largest first, then by upstream's word. */
  readonly subjectTypes: readonly TypeCount[];
  /** Distinct scopes. Largest first, then by name. */
  readonly scopeKinds: readonly KindCount[];
  /** The roles that anybody holds. */
  roles(question: CensusRolesQuestion, args: ConnectionArgs): Promise<Slice<RoleTally>>;
  /** The scopes at which anybody holds a role. Names are asked for only where they decide the order. */
  scopes(question: CensusScopesQuestion, args: ConnectionArgs, names: NamesParts): Promise<Slice<ScopeTally>>;
  /** Where a role is held: most holders first, then by kind and uuid. */
  scopesOf(
    question: { readonly roleName: string; readonly kind?: ScopeKind | undefined },
    args: ConnectionArgs,
  ): Promise<Slice<RoleAtScope>>;
  /** The roles and scopes with most holders, and how many hold each role at each scope. Fails with `BAD_USER_INPUT` where it would be too large. */
  matrix(question: MatrixQuestion): Promise<AccessMatrix>;
  /** Everyone who can act at a scope, and why. */
  access(
    scope: Scope,
    question: ScopeAccessQuestion,
    args: ConnectionArgs,
    directory: MembersSource & Pick<Directory, 'pathOf'>,
  ): Promise<ScopeAccessSlice>;
  /** All of it in memory, for what looks at every subject. Throws `CALL_BUDGET_EXCEEDED` where it is not there: `what`, such as "findings", is for the message. */
  whole(what: string): Census;
}
