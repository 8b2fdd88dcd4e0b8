import { GatewayError } from '../model/errors.ts';
import type { RoleChange } from '../model/role-change.ts';
import type { Subject } from '../model/subject.ts';
import { type ChangeResult, type ChangeStatus, problemOf, type WantedChange } from './change.ts';
import { type ChangedSubject, difference, type HeldRole, heldRole, partOf, rolesAt } from './held-role.ts';
import { readSubject } from './read-subject.ts';
import { sendChange, type SendParts } from './send-change.ts';
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
    return { ...nothing, status: 'FAILED', problem: problemOf(error) };
  }
  const held = heldRole(before, change.roleName);
  // What is so already is not sent: what upstream makes of it is not documented.
  const place = partOf(change.place, held, kind === 'revoke');
  if (place === undefined) return { ...nothing, status: 'UNCHANGED', subject: before };
  const narrowed = { ...change, place };
  const tell = (status: ChangeStatus, subject: Subject | null, rest: Partial<ChangeResult> = {}): ChangeResult => ({
    status,
    ...changesBetween(wanted, held, subject),
    subject,
    problem: null,
    ...rest,
  });

  if (isDryRun) {
    const roles = rolesAt(whoOf(change, before), change.roleName, place);
    return { ...nothing, status: 'WOULD_CHANGE', subject: before, [kind === 'assign' ? 'added' : 'removed']: roles };
  }

  const sent = await sendChange(parts, kind, narrowed);
  if (sent.end === 'already') return { ...nothing, status: 'UNCHANGED', subject: sent.subject };
  if (sent.end === 'refused') {
    const { seen } = sent;
    const subject = seen !== undefined && 'isSo' in seen ? seen.value : before;
    return tell('FAILED', subject, { problem: problemOf(sent.error) });
  }
  const subject = sent.end === 'done' ? sent.subject : 'isSo' in sent.seen ? sent.seen.value : undefined;
  const undone =
    kind === 'revoke' && subject !== undefined ? await undoAccident(parts, narrowed, held, subject) : undefined;
  if (undone !== undefined) {
    parts.onAccident(undone.isUndone);
    const status = !undone.isUndone ? 'FAILED' : sent.end === 'done' ? 'CHANGED' : 'UNKNOWN';
    return tell(status, undone.subject, { problem: undone.problem });
  }
  if (sent.end === 'done') return tell('CHANGED', sent.subject);
  return subject === undefined
    ? { ...nothing, status: 'UNKNOWN', problem: problemOf(sent.error) }
    : tell('UNKNOWN', subject, { problem: problemOf(sent.error) });
};

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
