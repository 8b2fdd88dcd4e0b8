import { GatewayError } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import type { Pages } from '../pages/create-pages.ts';
import type { Clock } from '../platform/clock.ts';
import { keyPart } from '../platform/key-part.ts';
import type { Logger } from '../platform/logger.ts';
import type { Upstream } from '../upstream/client.ts';
import { createAuditFile } from './audit-file.ts';
import { type Audit, createAudit, type OnChange } from './audit.ts';
import { changeRole } from './change-role.ts';
import type { ChangeResult, WantedChange } from './change.ts';
import { checkChanges } from './check-changes.ts';
import { createTurnsByName, type TurnsByName } from './turns-by-name.ts';
import { createWriteTime, type WriteTime } from './write-time.ts';
import type { Writes } from './writes.ts';

export interface WritesOptions {
  readonly upstream: Pick<Upstream, 'call'>;
  readonly pages: Pick<Pages, 'invalidate'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `ROLESCOPE_WRITES`. */
  readonly isOn: boolean;
  /** `ROLESCOPE_WRITE_SETTLE_MS`: how long a write that was accepted may take to show. */
  readonly settleMs: number;
  /** `ROLESCOPE_AUDIT_FILE`. */
  readonly auditFile?: string | undefined;
  /** Told of every attempted change. */
  readonly onChange?: OnChange | undefined;
  /** Told where a revocation made a role global, or took more than was asked. */
  readonly onAccident?: ((isUndone: boolean) => void) | undefined;
  /** Put around every attempted change, for traces. */
  readonly trace?:
    | (<Value>(name: string, operation: Operation, work: () => Promise<Value>) => Promise<Value>)
    | undefined;
}

/** What one operation's changes tell others. */
export interface WriteHooks {
  /** Called when what the operation itself has read may be so no more. */
  readonly onChanged: () => void;
}

/** Changes, for each operation by itself. Those of one subject by one credential take turns, whichever operations want them. */
export const createWrites = (
  options: WritesOptions,
): { forOperation(operation: Operation, hooks: WriteHooks): Writes } => {
  const { auditFile, logger, clock, onChange } = options;
  const audit = createAudit({
    logger,
    nowMs: () => clock.nowMs(),
    file: auditFile === undefined ? undefined : createAuditFile(auditFile),
    onChange,
  });
  const turns = createTurnsByName();
  return {
    forOperation: (operation, hooks) => ({
      changeRoles: (changes, isDryRun) =>
        changeRoles({ ...options, ...hooks, audit, turns, operation }, changes, isDryRun),
    }),
  };
};

interface WriteParts extends WritesOptions, WriteHooks {
  readonly audit: Audit;
  readonly turns: TurnsByName;
  readonly operation: Operation;
}

const changeRoles = async (
  parts: WriteParts,
  given: readonly WantedChange[],
  isDryRun: boolean,
): Promise<readonly ChangeResult[]> => {
  const { operation, audit, clock, settleMs } = parts;
  checkRights(parts);
  const changes = checkChanges(given);
  if (!isDryRun) await audit.check();
  const time = createWriteTime({ operation, clock, settleMs, changes: changes.length });
  const results: ChangeResult[] = [];
  let isAudited = true;
  try {
    for (const wanted of changes) {
      if (!isAudited) results.push(notBegun(noAudit));
      else if (!time.mayBegin()) results.push(notBegun(noTime));
      else {
        const { result, wasNoted } = await makeChange(parts, time, wanted, isDryRun);
        isAudited = wasNoted;
        results.push(result);
      }
    }
  } finally {
    time.close();
  }
  return results;
};

const makeChange = async (
  parts: WriteParts,
  time: WriteTime,
  wanted: WantedChange,
  isDryRun: boolean,
): Promise<{ readonly result: ChangeResult; readonly wasNoted: boolean }> => {
  const { operation, clock, turns, audit, logger, onAccident, trace = (_name, _operation, work) => work() } = parts;
  const { kind, change } = wanted;
  const { subjectReference, rawSubjectType, roleName, place } = change;
  const startedAtMs = clock.nowMs();
  const sent = createSentNote(parts);
  const result = await turns.take(keyPart(operation.caller?.credentialKey) + subjectReference, async () => {
    // Whoever waited for others may have no time left.
    if (!time.mayBegin()) return notBegun(noTime);
    return trace(`change ${kind}`, operation, () =>
      changeRole(
        {
          ...parts,
          time,
          isDryRun,
          onSent: sent.note,
          onAccident(isUndone) {
            const level = isUndone ? 'warn' : 'error';
            logger[level]({ operationId: operation.id, subject: subjectReference, role: roleName }, accident(isUndone));
            onAccident?.(isUndone);
          },
        },
        wanted,
      ),
    );
  });
  await sent.settled();
  const entry = {
    kind,
    status: result.status,
    role: roleName,
    subject: { reference: subjectReference, type: rawSubjectType },
    scopes:
      place === 'everywhere'
        ? place
        : place.map(({ components }) => Object.fromEntries(components.map(({ field, uuid }) => [field, uuid]))),
    ...(result.problem !== null && { code: result.problem.code }),
    ...(sent.requestId() !== undefined && { upstreamRequestId: sent.requestId() as string }),
    durationMs: clock.nowMs() - startedAtMs,
  } as const;
  if (isDryRun) {
    logger.debug({ operationId: operation.id, ...entry }, 'a change was tried out');
    return { result, wasNoted: true };
  }
  return { result, wasNoted: await audit.note(operation, entry) };
};

/** Everything that is kept is stale as soon as upstream may have changed, and again when it was seen what it is: others may have read in between. */
const createSentNote = ({ pages, operation, onChanged }: WriteParts) => {
  let isSent = false;
  let requestId: string | undefined;
  const invalidate = async (): Promise<void> => {
    await pages.invalidate(operation.caller?.credentialKey ?? '');
    onChanged();
  };
  return {
    note: async (id: string | undefined): Promise<void> => {
      isSent = true;
      requestId = id ?? requestId;
      await invalidate();
    },
    settled: async (): Promise<void> => {
      if (isSent) await invalidate();
    },
    requestId: () => requestId,
  };
};

/** Throws where this gateway, or this caller, may change nothing. */
const checkRights = ({ isOn, operation: { caller } }: WriteParts): void => {
  if (!isOn) {
    throw new GatewayError(
      'FORBIDDEN',
      'This gateway changes nothing. Whoever runs it can set ROLESCOPE_WRITES=true to let it.',
    );
  }
  if (caller === undefined) {
    throw new GatewayError('UNAUTHENTICATED', 'Nothing is changed for nobody. Send a credential with the request.');
  }
  if (caller.isReadOnly === true) {
    throw new GatewayError(
      'FORBIDDEN',
      'This caller may change nothing here. An API key has to be named in ROLESCOPE_WRITERS, a JWT needs the scope rolescope:write.',
    );
  }
};

const notBegun = (problem: NonNullable<ChangeResult['problem']>): ChangeResult => ({
  status: 'FAILED',
  subject: null,
  added: [],
  removed: [],
  problem,
});

const noTime = {
  code: 'UPSTREAM_TIMEOUT',
  message: 'There was no time left for this change, and it was not begun. Send it again, with fewer changes at once.',
} as const;
const noAudit = {
  code: 'INTERNAL',
  message: 'The audit file of this gateway cannot be written any more, so this change was not begun.',
} as const;

const accident = (isUndone: boolean): string =>
  isUndone
    ? 'a revocation did more than was asked, and was put right'
    : 'A REVOCATION DID MORE THAN WAS ASKED, AND COULD NOT BE PUT RIGHT: look at this subject at once';
