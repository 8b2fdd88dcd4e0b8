import type { ChangeResult, WantedChange } from './change.ts';

/** Changes what upstream has, for one operation. */
export interface Writes {
  /**
   * Makes changes in the order given, each with a result of its own; one that fails does not stop the rest. Rejects with a `GatewayError`, before anything
   * is written, where the input is wrong or the caller may not write.
   */
  changeRoles(changes: readonly WantedChange[], isDryRun: boolean): Promise<readonly ChangeResult[]>;
}
