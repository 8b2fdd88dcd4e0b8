import type { ScopedRole, Subject, SubjectType } from '../model/subject.ts';
import type { SubjectKey } from '../model/subject-list.ts';
import type { TextWriter } from '../platform/byte-text.ts';

/**
 * What a listed scope must have: all of these components (upstream's field and uuid). One component is the usual case;
 * several name a composite scope. None at all names the scope object without any field, and matches only that.
 */
export type ScopeMatcher = readonly { readonly field: string; readonly uuid: string }[];

/** Met by one and the same scoped role. */
export interface RoleFilter {
  readonly name?: string;
  /** Any of them; an empty list matches nothing. Absent: every scoped role. */
  readonly scopes?: readonly ScopeMatcher[];
  /** True: a global role meets `scopes` too, because it holds everywhere. Means nothing without `scopes`. Default: false. */
  readonly includeGlobal?: boolean;
  /** True: only global roles; false: only others. Absent: both. */
  readonly isGlobal?: boolean;
}

export interface SubjectOrder {
  readonly field: 'REFERENCE' | 'TYPE';
  readonly direction: 'ASC' | 'DESC';
}

/** Which subjects, in which order. Equal questions share cursors, whatever page of them is asked for. */
export interface SubjectsQuestion {
  readonly reference?: string;
  readonly type?: SubjectType;
  readonly role?: RoleFilter;
  /** Empty: upstream's own order. */
  readonly orderBy: readonly SubjectOrder[];
  readonly includeNestedScopes: boolean;
}

/** Relay's four arguments, as a client sent them and not checked yet. */
export interface ConnectionArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** The part of a list that Relay's arguments cut out. Cursors, flags and totals are worked out only when asked for. */
export interface Slice<Item> {
  readonly items: readonly Item[];
  /** Cursor of `items[index]`. */
  cursorAt(index: number): string;
  /** The same, written. */
  writeCursorAt(index: number, out: TextWriter): void;
  /** Null on an empty slice. */
  startCursor(): string | null;
  /** Null on an empty slice, unless a filtered walk stopped at its budget: then where to go on from. */
  endCursor(): string | null;
  /** Exact. May cost an upstream call, and may fail as one. */
  hasNextPage(): boolean | Promise<boolean>;
  /** Exact. */
  hasPreviousPage(): boolean | Promise<boolean>;
  /** Exact; null only where it is beyond 2^31-1. May cost reading the whole list, by a budget of its own, and may fail as that. */
  totalCount(): number | null | Promise<number | null>;
}

/** Answers questions over upstream's pages for one operation. Every method fails with a `GatewayError`. */
export interface Assignments {
  /** A part of the list of subjects that the question describes. */
  list(question: SubjectsQuestion, args: ConnectionArgs): Promise<Slice<Subject>>;
  /** The subject with the roles of all its entries, or null where upstream does not know it. Gathers into batches. */
  find(key: SubjectKey): Promise<Subject | null>;
}

/** The scoped roles of a subject that meet the filter, in upstream's order. */
export type MatchRoles = (subject: Subject, filter: RoleFilter) => readonly ScopedRole[];
