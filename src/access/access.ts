import type { ConnectionArgs, SubjectsQuestion } from '../assignments/assignments.ts';
import type { Scope, Subject } from '../model/subject.ts';
import type { AccountCensus, ScopeAccessSlice } from './account-census.ts';
import type { CheckAnswer, CheckQuestion } from './check-access.ts';
import type { Finding } from './finding-kinds.ts';
import type { FindingsQuestion } from './findings.ts';
import type { KeyedList } from './keyed-list.ts';
import type { AccessGap } from './gaps.ts';
import type { SearchAnswer, SearchQuestion, TextAnswer } from './search.ts';
import type { ScopeAccessQuestion } from './scope-access.ts';
import type { ReachedRole, SubjectAccessQuestion } from './subject-access.ts';

/** Answers questions about access for one operation. Every method fails with a `GatewayError`. */
export interface Access {
  /** The whole account as one picture; one and the same for all of the operation, unless the operation itself changes something. */
  census(includeNestedScopes: boolean): Promise<AccountCensus>;
  /** Where a text is: among subjects, scopes and roles. */
  search(question: SearchQuestion): Promise<SearchAnswer>;
  /** The subjects that have a text and meet a question. */
  searchSubjects(question: SubjectsQuestion & { readonly text: string }): Promise<TextAnswer>;
  /** What looks wrong in a census. */
  findings(census: AccountCensus, question: FindingsQuestion): Promise<KeyedList<Finding>>;
  /** Whether somebody holds a role somewhere, and why. */
  check(question: CheckQuestion): Promise<CheckAnswer & { readonly asOfMs: number }>;
  /** Everyone who can act at a scope, and why: the part that Relay's arguments cut out. */
  atScope(scope: Scope, question: ScopeAccessQuestion, args: ConnectionArgs): Promise<ScopeAccessSlice>;
  /** What somebody can reach, and why. */
  ofSubject(
    subject: Subject,
    question: SubjectAccessQuestion,
  ): Promise<{ readonly list: KeyedList<ReachedRole>; readonly gaps: readonly AccessGap[] }>;
}
