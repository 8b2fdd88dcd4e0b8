import type { RoleChange } from '../model/role-change.ts';
import type { ErrorCode, GatewayError } from '../model/errors.ts';
import type { ScopedRole, Subject } from '../model/subject.ts';

export type ChangeKind = 'assign' | 'revoke';

/**
 * What became of a change. `UNKNOWN`: it may have been carried out or not, and whoever asked has to look. `WOULD_CHANGE`: a dry run, in which nothing
 * was written.
 */
export type ChangeStatus = 'CHANGED' | 'UNCHANGED' | 'WOULD_CHANGE' | 'FAILED' | 'UNKNOWN';

/** What is wrong with a change, in a sentence for clients. */
export interface ChangeProblem {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is so after a change, as it was read: never what was hoped. */
export interface ChangeResult {
  readonly status: ChangeStatus;
  /** Read anew; null where it could not be read, or where upstream knows none. */
  readonly subject: Subject | null;
  readonly added: readonly ScopedRole[];
  readonly removed: readonly ScopedRole[];
  readonly problem: ChangeProblem | null;
}

/** A change to be made. */
export interface WantedChange {
  readonly kind: ChangeKind;
  readonly change: RoleChange;
}

export const problemOf = ({ code, message }: GatewayError): ChangeProblem => ({ code, message });
