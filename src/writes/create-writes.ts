import type { Operation } from '../model/operation.ts';
import { createAuditFile } from './audit-file.ts';
import { createAudit } from './audit.ts';
import { changeRoles } from './change-roles.ts';
import { createRole } from './create-role.ts';
import { deleteRole } from './delete-role.ts';
import { createTurnsByName } from './turns-by-name.ts';
import type { WriteHooks, WriteParts, WritesOptions } from './write-parts.ts';
import type { Writes } from './writes.ts';

/** Changes, for each operation by itself. Those of one subject by one credential take turns, whichever operations want them. */
export const createWrites = (
  options: WritesOptions,
): { forOperation(operation: Operation, hooks: WriteHooks): Writes } => {
  const { auditFile, auditLogger, clock, onChange, trace = (_name, _operation, work) => work() } = options;
  const audit = createAudit({
    logger: auditLogger,
    nowMs: () => clock.nowMs(),
    file: auditFile === undefined ? undefined : createAuditFile(auditFile),
    onChange,
  });
  const turns = createTurnsByName();
  return {
    forOperation(operation, hooks) {
      // Made when something is to be changed: most operations change nothing.
      const parts = (): WriteParts => ({ ...options, ...hooks, trace, audit, turns, operation });
      return {
        changeRoles: (changes, isDryRun) => changeRoles(parts(), changes, isDryRun),
        createRole: (definition) => createRole(parts(), definition),
        deleteRole: (name, confirmHolders) => deleteRole(parts(), name, confirmHolders),
      };
    },
  };
};
