import type { RoleChange } from '../model/role-change.ts';
import type { Subject } from '../model/subject.ts';
import type { ChangeProblem } from './change.ts';
import { type HeldRole, heldRole, lostBeside } from './held-role.ts';
import { seenIn } from './settle.ts';
import { sendChange, type SendParts, type Sent } from './send-change.ts';

/** What a revocation did beside what was asked, and how that ended. */
export interface Undone {
  /** As it was read last; undefined where it could not be read. */
  readonly subject: Subject | null | undefined;
  readonly problem: ChangeProblem;
  /** False: what should not be so is so still. */
  readonly isUndone: boolean;
}

/**
 * Looks at what a revocation left behind, and puts right what it must not have done: a role that is held everywhere where it was not is revoked whole at once,
 * and what went beside what was asked is assigned again. Undefined: there was nothing to put right.
 */
export const undoAccident = async (
  given: SendParts,
  { place, ...rest }: RoleChange,
  before: HeldRole,
  seen: Subject | null,
): Promise<Undone | undefined> => {
  const { roleName } = rest;
  // Putting it right has all the time that is left, and goes on though the client has gone.
  const { looking } = given.time;
  const parts: SendParts = {
    ...given,
    time: { ...given.time, writing: looking, mayBegin: () => !looking.signal.aborted },
  };
  let subject = seen;
  const after = heldRole(subject, roleName);
  const becameGlobal = after.isGlobal && !before.isGlobal;
  if (becameGlobal) {
    const sent = await sendChange(parts, { kind: 'revoke', change: { ...rest, place: 'everywhere' } });
    if (!('subject' in sent)) return failed(lastSeen(sent, subject), stillGlobal);
    subject = sent.subject;
  }
  // A revocation at scopes takes no others: where some are gone, somebody else took them.
  const lost = becameGlobal || place === 'everywhere' ? lostBeside(before, heldRole(subject, roleName), place) : [];
  if (lost.length > 0) {
    const sent = await sendChange(parts, { kind: 'assign', change: { ...rest, place: lost } });
    if (!('subject' in sent)) return failed(lastSeen(sent, subject), stillLost);
    subject = sent.subject;
  }
  if (!becameGlobal && lost.length === 0) return undefined;
  // What was assigned again may have made it global once more.
  if (heldRole(subject, roleName).isGlobal && !before.isGlobal) return failed(subject, stillGlobal);
  return { subject, isUndone: true, problem: { code: 'UPSTREAM_ERROR', message: becameGlobal ? wasGlobal : wereLost } };
};

/** What was read at the end of a write that did not end as it was to. Nothing has changed since `before` where it was refused at once. */
const lastSeen = (sent: Sent, before: Subject | null): Subject | null | undefined =>
  'seen' in sent && sent.seen !== undefined ? seenIn(sent.seen) : before;

const failed = (subject: Subject | null | undefined, message: string): Undone => ({
  subject,
  isUndone: false,
  problem: { code: 'UPSTREAM_ERROR', message },
});

const wasGlobal =
  'ESET Connect took the emptied role for one that holds everywhere. The gateway has revoked it whole at once, and assigned again what was to stay. Look for what may have been done meanwhile.';
const wereLost =
  'ESET Connect took the scopes of the role together with the global grant. The gateway has assigned them again.';
const stillGlobal =
  'ESET Connect took the emptied role for one that holds everywhere, and revoking it whole failed: the subject may hold this role everywhere now. Take it away in the ESET console at once.';
const stillLost =
  'ESET Connect took more than was asked, and assigning it again failed: compare what the subject holds with what it held, and assign what is missing.';
