import type { ScopeMatcher } from '../assignments/assignments.ts';
import type { Scope, SubjectType } from '../model/subject.ts';

/** Who held, or holds, a role. The record has no names: what somebody is called is asked of the directory. */
export interface RecordedSubject {
  readonly reference: string;
  readonly type: SubjectType;
  /** Upstream's own word for the type. */
  readonly rawType: string;
}

/** `GRANTED`: the assignment was not there at the census before. `REVOKED`: it was, and is there no more. */
export type ChangeKind = 'GRANTED' | 'REVOKED';

/** Where a change stands in the record. No two have the same. */
export interface ChangeKey {
  readonly seenAtMs: number;
  /** A whole number from 1. Tells apart what one census showed. */
  readonly sequence: number;
}

/** An assignment that came or went between two censuses: one subject, one role, and one scope or everywhere. Immutable. */
export interface AccessChange {
  /** Stays the same for ever; plain letters and digits. */
  readonly id: string;
  readonly kind: ChangeKind;
  readonly subject: RecordedSubject;
  readonly roleName: string;
  /** Null: everywhere. */
  readonly scope: Scope | null;
  /** `asOf` of the census that showed it, in milliseconds. It happened after `notBeforeMs` and not after this. */
  readonly seenAtMs: number;
  /** `asOf` of the last census that did not show it. */
  readonly notBeforeMs: number;
  readonly key: ChangeKey;
}

/** Where an assignment stands among those of one time. No two have the same. */
export interface AssignmentKey {
  readonly reference: string;
  readonly rawType: string;
  readonly roleName: string;
  /** A whole number from 1. Tells the scopes of one role apart. */
  readonly sequence: number;
}

/** An assignment that held at some time. */
export interface RecordedAssignment {
  readonly subject: RecordedSubject;
  readonly roleName: string;
  /** Null: everywhere. */
  readonly scope: Scope | null;
  /** `asOf` of the first census that showed it, in milliseconds; where the record begins, if it was there then. */
  readonly fromMs: number;
  /** `asOf` of the census that showed it no more. Null: it is there still, as far as the record goes. */
  readonly untilMs: number | null;
  readonly key: AssignmentKey;
}

/** Which assignments. Everything that is given has to be met. */
export interface RecordFilter {
  /** Without type and word: whoever has the reference. `UNKNOWN` stands for every word that this version does not know. */
  readonly subject?: {
    readonly reference: string;
    readonly type?: SubjectType;
    readonly rawType?: string;
  };
  readonly roleName?: string;
  /** Met by a scope that has all of these components; an empty one by the scope without any. What is held everywhere has no scope and meets none. */
  readonly scope?: ScopeMatcher;
}

export interface ChangesFilter extends RecordFilter {
  /** Absent: both. An empty list: nothing. */
  readonly kinds?: readonly ChangeKind[];
  /** Seen then or later, in milliseconds. */
  readonly sinceMs?: number;
  /** Seen before that, in milliseconds. */
  readonly untilMs?: number;
}

/** What part of a list is wanted: as `Window` of connections has it, with keys for cursors. Keys need not be in the list. */
export interface RecordWindow<Key> {
  /** From which end of what lies between `after` and `before`. */
  readonly from: 'start' | 'end';
  readonly count: number;
  readonly after?: Key | undefined;
  readonly before?: Key | undefined;
}

/** A part of a list, in the order of the list whichever end it was taken from. What it does not hold is found out when it is asked for. */
export interface RecordPage<Item> {
  readonly items: readonly Item[];
  /** Whether the list goes on after the last of these items. For an empty part: whether anything follows `after`, or there is anything at all. Exact. */
  hasNext(): Promise<boolean>;
  /** The same, before the first. */
  hasPrevious(): Promise<boolean>;
  /** How long the whole list is. Exact. */
  total(): Promise<number>;
}

export interface RecordSummary {
  /** `asOf` of the census where the record begins, in milliseconds. Moves when old history is let go. */
  readonly sinceMs: number;
  /** `asOf` of the last census that was recorded, different or not. */
  readonly latestMs: number;
  /** Censuses that differed from the one before, since then. */
  readonly revisionCount: number;
}

/** What there is in the database. */
export interface RecordStatus {
  /** Null before the first census is recorded. */
  readonly summary: RecordSummary | null;
  /** Recorded ones, different or not. */
  readonly censuses: number;
  /** Those that hold, and those that have ended. */
  readonly assignments: number;
  readonly subjects: number;
  /** Of the whole database, as it says itself. */
  readonly sizeBytes: number;
}

/** How the record fares in this process. Costs nothing to ask. */
export interface RecordState {
  /** Whether the database answered when it was last needed. */
  readonly isReachable: boolean;
  /** Whether this process is the one that records. */
  readonly isWriter: boolean;
  /** `asOf` of the last census that this process has recorded; null until it has recorded one. */
  readonly lastRecordedMs: number | null;
  /** Censuses that this process wanted to record and could not. */
  readonly failures: number;
}

/**
 * What changed, when, and as it was on a day: who had which role where, as far as censuses have shown it. Every method fails with a `GatewayError`:
 * `UPSTREAM_UNAVAILABLE` while the database cannot be reached, `BAD_USER_INPUT` as said.
 */
export interface AccessRecord {
  /** Null before the first census is recorded. */
  summary(): Promise<RecordSummary | null>;
  /** Newest first: by the time they were seen, descending, and then by sequence, descending. */
  changes(filter: ChangesFilter, window: RecordWindow<ChangeKey>): Promise<RecordPage<AccessChange>>;
  /**
   * What held at a time: by reference, upstream's word for the type, role and sequence, ascending, by code points. Fails with `BAD_USER_INPUT` for a time
   * before the record begins. A time after the last census has what that one showed.
   */
  assignmentsAt(
    timeMs: number,
    filter: RecordFilter,
    window: RecordWindow<AssignmentKey>,
  ): Promise<RecordPage<RecordedAssignment>>;
  /**
   * Calls back with what is recorded from now on (from when the database is first reached), by whichever replica: oldest first, some at a time, each change once, nothing left out, also after the database
   * could not be reached for a while. Never fails. The answer ends it.
   */
  listen(onChanges: (changes: readonly AccessChange[]) => void): () => void;
  state(): RecordState;
}
