import { GatewayError } from '../model/errors.ts';
import type { RoleChange } from '../model/role-change.ts';
import type { Subject } from '../model/subject.ts';
import { type ChangeProblem, type ChangeResult, type ChangeStatus, problemOf, type WantedChange } from './change.ts';
import { type ChangedSubject, difference, type HeldRole, heldRole, partOf, rolesAt } from './held-role.ts';
import { noTime } from './no-time.ts';
import { readSubject } from './read-subject.ts';
import { isDone, sendChange, type SendParts } from './send-change.ts';
import { seenIn } from './settle.ts';
import { undoAccident } from './undo.ts';

export interface ChangeRoleOptions extends SendParts {
  /** True: nothing is written. */
  readonly isDryRun: boolean;
  /** Called where a revocation made a role global, or took more than was asked. */
  readonly onAccident: (isUndone: boolean) => void;
}

/** Makes one change: reads, writes, and reads again. Never rejects for what upstream does: the result says what is so. */
export const changeRole = async (parts: ChangeRoleOptions, wanted: WantedChange): Promise<ChangeResult> => {
  const { kind, change } = wanted;
  const { upstream, time, isDryRun } = parts;
  let before: Subject | null;
  try {
    before = await readSubject(upstream, change, time.writing);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { ...nothing, status: 'FAILED', problem: isTooLate(error, parts) ? noTime : problemOf(error) };
  }
  const held = heldRole(before, change.roleName);
  // What is so already is not sent: what upstream makes of it is not documented.
  const place = partOf(change.place, held, kind === 'revoke');
  if (place === undefined) return { ...nothing, status: 'UNCHANGED', subject: before };
  const narrowed = { ...change, place };
  /** Undefined: it could not be read, and then nothing is claimed of it. */
  const tell = (
    status: ChangeStatus,
    subject: Subject | null | undefined,
    problem: ChangeProblem | null,
  ): ChangeResult =>
    subject === undefined
      ? { ...nothing, status, problem }
      : { status, ...changesBetween(wanted, held, subject), subject, problem };

  if (isDryRun) {
    const roles = rolesAt(whoOf(change, before), change.roleName, place);
    return { ...nothing, status: 'WOULD_CHANGE', subject: before, [kind === 'assign' ? 'added' : 'removed']: roles };
  }

  const sent = await sendChange(parts, { kind, change: narrowed, wanted: change });
  if (sent.end === 'already') return { ...nothing, status: 'UNCHANGED', subject: sent.subject };
  if (sent.end === 'refused') {
    const now = sent.seen === undefined ? before : seenIn(sent.seen);
    return tell('FAILED', now, problemOf(sent.error));
  }
  const subject = sent.end === 'done' ? sent.subject : seenIn(sent.seen);
  const undone =
    kind === 'revoke' && subject !== undefined ? await undoAccident(parts, narrowed, held, subject) : undefined;
  if (undone !== undefined) {
    parts.onAccident(undone.isUndone);
    const isSeen = sent.end === 'done' && undone.subject !== undefined && isDone(kind, change, undone.subject);
    const status = !undone.isUndone ? 'FAILED' : isSeen ? 'CHANGED' : 'UNKNOWN';
    return tell(status, undone.subject, undone.problem);
  }
  return sent.end === 'done' ? tell('CHANGED', subject, null) : tell('UNKNOWN', subject, problemOf(sent.error));
};

/** Whether the pause before a call would outlast the time for it. */
const isTooLate = ({ retryAfterMs }: GatewayError, { clock, time }: SendParts): boolean =>
  retryAfterMs !== undefined && clock.nowMs() + retryAfterMs >= time.writing.deadlineMs;

const nothing = { subject: null, added: [], removed: [], problem: null } as const;

const changesBetween = (
  { change }: WantedChange,
  before: HeldRole,
  subject: Subject | null,
): Pick<ChangeResult, 'added' | 'removed'> => {
  const { roleName } = change;
  const after = heldRole(subject, roleName);
  const who = whoOf(change, subject);
  return {
    added: difference(who, roleName, { from: before, to: after }),
    removed: difference(who, roleName, { from: after, to: before }),
  };
};

const whoOf = (
  { subjectReference: reference, rawSubjectType: rawType }: RoleChange,
  subject: Subject | null,
): ChangedSubject => ({ subject, reference, rawType });
