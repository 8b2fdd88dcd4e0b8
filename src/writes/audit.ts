import type { Operation } from '../model/operation.ts';
import type { Logger } from '../platform/logger.ts';
import type { AuditFile } from './audit-file.ts';
import type { ChangeProblem, ChangeStatus } from './change.ts';

/** What was attempted, and what became of it. No credential is in it. */
export interface AuditEntry {
  readonly kind: 'assign' | 'revoke' | 'createRole' | 'deleteRole';
  readonly status: ChangeStatus;
  readonly role: string;
  readonly subject?: { readonly reference: string; readonly type: string };
  /** Upstream's fields and uuids, or everywhere. */
  readonly scopes?: 'everywhere' | readonly Readonly<Record<string, string>>[];
  /** Of a role that is made. */
  readonly permissions?: readonly string[];
  /** How many held a role that is deleted. */
  readonly holders?: number;
  readonly code?: ChangeProblem['code'];
  /** Upstream's, of the last write that was answered. */
  readonly upstreamRequestId?: string;
  readonly durationMs: number;
}

/** Told of every attempted change, for numbers. */
export type OnChange = (entry: Pick<AuditEntry, 'kind' | 'status'>) => void;

export interface Audit {
  /** Rejects where a change could not be noted: then none may be made. */
  check(): Promise<void>;
  /** Notes a change in the log and, before it resolves, in the file. Resolves to false where the file cannot be written any more. */
  note(operation: Operation, entry: AuditEntry): Promise<boolean>;
}

export interface AuditOptions {
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** Absent: the log alone. */
  readonly file?: AuditFile | undefined;
  readonly onChange?: OnChange | undefined;
}

export const createAudit = ({ logger, nowMs, file, onChange }: AuditOptions): Audit => ({
  check: async () => file?.check(),
  async note({ id, caller }, entry) {
    const line = { caller: caller?.name ?? caller?.reference ?? null, operationId: id, ...entry };
    logger.info(line, 'change');
    onChange?.(entry);
    try {
      await file?.append({ at: new Date(nowMs()).toISOString(), ...line });
      return true;
    } catch (err) {
      logger.error({ err, operationId: id }, 'a change was made and cannot be written to the audit file');
      return false;
    }
  },
});
