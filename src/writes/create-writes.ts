import type { Operation } from '../model/operation.ts';
import { keyPart } from '../platform/key-part.ts';
import { createAuditFile } from './audit-file.ts';
import { createAudit } from './audit.ts';
import { changeRole } from './change-role.ts';
import type { ChangeResult, WantedChange } from './change.ts';
import { checkChanges } from './check-changes.ts';
import { createRole } from './create-role.ts';
import { deleteRole } from './delete-role.ts';
import { noTime } from './no-time.ts';
import { checkRights } from './rights.ts';
import { createSentNote } from './sent-note.ts';
import { createTurnsByName } from './turns-by-name.ts';
import type { WriteHooks, WriteParts, WritesOptions } from './write-parts.ts';
import { createWriteTime, type WriteTime } from './write-time.ts';
import type { Writes } from './writes.ts';

/** Changes, for each operation by itself. Those of one subject by one credential take turns, whichever operations want them. */
export const createWrites = (
  options: WritesOptions,
): { forOperation(operation: Operation, hooks: WriteHooks): Writes } => {
  const { auditFile, auditLogger, clock, onChange } = options;
  const audit = createAudit({
    logger: auditLogger,
    nowMs: () => clock.nowMs(),
    file: auditFile === undefined ? undefined : createAuditFile(auditFile),
    onChange,
  });
  const turns = createTurnsByName();
  return {
    forOperation(operation, hooks) {
      const parts: WriteParts = { ...options, ...hooks, audit, turns, operation };
      return {
        changeRoles: (changes, isDryRun) => changeRoles(parts, changes, isDryRun),
        createRole: (definition) => createRole(parts, definition),
        deleteRole: (name, confirmHolders) => deleteRole(parts, name, confirmHolders),
      };
    },
  };
};

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
  // What was not begun was not attempted.
  if (result.problem === noTime) return { result, wasNoted: true };
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

const notBegun = (problem: NonNullable<ChangeResult['problem']>): ChangeResult => ({
  status: 'FAILED',
  subject: null,
  added: [],
  removed: [],
  problem,
});

const noAudit = {
  code: 'INTERNAL',
  message: 'The audit file of this gateway cannot be written any more, so this change was not begun.',
} as const;

const accident = (isUndone: boolean): string =>
  isUndone
    ? 'a revocation did more than was asked, and was put right'
    : 'A REVOCATION DID MORE THAN WAS ASKED, AND COULD NOT BE PUT RIGHT: look at this subject at once';
