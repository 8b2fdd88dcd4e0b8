import type { RoleDefinition } from '../model/role-change.ts';
import type { Subject } from '../model/subject.ts';
import type { ChangeProblem, ChangeResult, WantedChange } from './change.ts';

/** What became of a role that was to be made. */
export interface CreatedRole {
  /** As upstream calls it, which need not be as was asked. Null where it was not made, or nobody knows. */
  readonly name: string | null;
  readonly problem: ChangeProblem | null;
}

/** What became of a role that was to be deleted. */
export interface DeletedRole {
  /** Null where it was not deleted, or nobody knows. */
  readonly name: string | null;
  /** Who held it and was seen without it, as they are now. Who held nothing else has no roles left, and upstream lists them no more. */
  readonly formerHolders: readonly Subject[];
  readonly problem: ChangeProblem | null;
}

/** Changes what upstream has, for one operation. */
export interface Writes {
  /**
   * Makes changes in the order given, each with a result of its own; one that fails does not stop the rest. Rejects with a `GatewayError`, before anything
   * is written, where the input is wrong or the caller may not write.
   */
  changeRoles(changes: readonly WantedChange[], isDryRun: boolean): Promise<readonly ChangeResult[]>;
  /** Makes a role. Never sent again where its answer is lost. Rejects as `changeRoles` does. */
  createRole(definition: RoleDefinition): Promise<CreatedRole>;
  /**
   * Deletes a role, and with it all that anybody holds of it. Rejects as `changeRoles` does, and before anything is written where a census made now
   * counts other holders than `confirmHolders`, or cannot be made.
   */
  deleteRole(name: string, confirmHolders: number): Promise<DeletedRole>;
}
