import { keyPart } from '../platform/key-part.ts';
import { type Attempt, type AttemptedChange, beginAttempt } from './attempt.ts';
import { changeRole } from './change-role.ts';
import type { ChangeProblem, ChangeResult, WantedChange } from './change.ts';
import { checkChanges } from './check-changes.ts';
import { noTime } from './no-time.ts';
import { checkRights } from './rights.ts';
import type { WriteParts } from './write-parts.ts';
import { createWriteTime, type WriteTime } from './write-time.ts';

/** Makes changes one after the other, each with a result and a line of the audit. Rejects before anything is written, or not at all. */
export const changeRoles = async (
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
  let isNoted = true;
  try {
    for (const wanted of changes) {
      if (!isNoted) results.push(notBegun(noAudit));
      else if (!time.mayBegin()) results.push(notBegun(noTime));
      else {
        const attempt = beginAttempt(parts);
        const result = await takeTurn({ ...parts, ...attempt, time, isDryRun }, wanted);
        results.push(result);
        if (isDryRun) tellDryRun(parts, wanted, result);
        // What was not begun was not attempted.
        else if (result.problem !== noTime) isNoted = await attempt.end(attempted(wanted, result));
      }
    }
  } finally {
    time.close();
  }
  return results;
};

/** Makes a change when nobody else of this credential changes that subject. */
const takeTurn = (
  parts: WriteParts & Attempt & { readonly time: WriteTime; readonly isDryRun: boolean },
  wanted: WantedChange,
): Promise<ChangeResult> => {
  const { operation, turns, trace, time } = parts;
  const { subjectReference: subject, roleName: role } = wanted.change;
  return turns.take(keyPart(operation.caller?.credentialKey) + subject, async () => {
    // Whoever waited for others may have no time left.
    if (!time.mayBegin()) return notBegun(noTime);
    const onAccident = (isUndone: boolean): void => {
      parts.logger[isUndone ? 'warn' : 'error']({ operationId: operation.id, subject, role }, accident(isUndone));
      parts.onAccident?.(isUndone);
    };
    return trace(`change ${wanted.kind}`, operation, () => changeRole({ ...parts, onAccident }, wanted));
  });
};

const attempted = ({ kind, change }: WantedChange, { status, problem }: ChangeResult): AttemptedChange => ({
  kind,
  status,
  role: change.roleName,
  subject: { reference: change.subjectReference, type: change.rawSubjectType },
  scopes:
    change.place === 'everywhere'
      ? change.place
      : change.place.map(({ components }) => Object.fromEntries(components.map(({ field, uuid }) => [field, uuid]))),
  problem,
});

const tellDryRun = ({ logger, operation }: WriteParts, wanted: WantedChange, result: ChangeResult): void =>
  logger.debug({ operationId: operation.id, ...attempted(wanted, result) }, 'a change was tried out');

const notBegun = (problem: ChangeProblem): ChangeResult => ({
  status: 'FAILED',
  subject: null,
  added: [],
  removed: [],
  problem,
});

const noAudit: ChangeProblem = {
  code: 'INTERNAL',
  message: 'The audit file of this gateway cannot be written any more, so this change was not begun.',
};

const accident = (isUndone: boolean): string =>
  isUndone
    ? 'a revocation did more than was asked, and was put right'
    : 'A REVOCATION DID MORE THAN WAS ASKED, AND COULD NOT BE PUT RIGHT: look at this subject at once';
