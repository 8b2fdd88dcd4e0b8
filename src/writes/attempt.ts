import type { AuditEntry } from './audit.ts';
import type { ChangeProblem } from './change.ts';
import type { WriteParts } from './write-parts.ts';

/** What was attempted, and what became of it. */
export interface AttemptedChange extends Omit<AuditEntry, 'code' | 'upstreamRequestId' | 'durationMs'> {
  readonly problem: ChangeProblem | null;
}

/** An attempted change, from its beginning to its line of the audit. */
export interface Attempt {
  /** Upstream may have changed something from now on, by the write of this request id. */
  readonly onSent: (requestId: string | undefined) => Promise<void>;
  /** It was seen what became of it. Resolves to false where the audit file cannot be written any more. */
  end(attempted: AttemptedChange): Promise<boolean>;
}

/**
 * Begins an attempt. Everything that is kept is stale as soon as upstream may have changed, and again when it was seen what it is: others may have read in
 * between.
 */
export const beginAttempt = ({ pages, operation, onChanged, audit, clock }: WriteParts): Attempt => {
  const startedAtMs = clock.nowMs();
  let isSent = false;
  let upstreamRequestId: string | undefined;
  const invalidate = async (): Promise<void> => {
    await pages.invalidate(operation.caller?.credentialKey ?? '');
    onChanged();
  };
  return {
    async onSent(requestId) {
      isSent = true;
      upstreamRequestId = requestId ?? upstreamRequestId;
      await invalidate();
    },
    async end({ problem, ...attempted }) {
      if (isSent) await invalidate();
      return audit.note(operation, {
        ...attempted,
        ...(problem !== null && { code: problem.code }),
        ...(upstreamRequestId !== undefined && { upstreamRequestId }),
        durationMs: clock.nowMs() - startedAtMs,
      });
    },
  };
};
