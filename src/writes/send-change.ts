import { type ErrorCode, GatewayError } from '../model/errors.ts';
import type { RoleChange } from '../model/role-change.ts';
import type { Subject } from '../model/subject.ts';
import type { Clock } from '../platform/clock.ts';
import type { Upstream } from '../upstream/client.ts';
import { assignRole, revokeRole } from '../upstream/endpoints/role-assignments.ts';
import type { ChangeKind } from './change.ts';
import { heldRole, partOf } from './held-role.ts';
import { readSubject } from './read-subject.ts';
import { type Seen, settle } from './settle.ts';
import type { WriteTime } from './write-time.ts';

/** What changes of one subject and role are made with. */
export interface SendParts {
  readonly upstream: Pick<Upstream, 'call'>;
  readonly clock: Clock;
  readonly settleMs: number;
  readonly time: WriteTime;
  /** Called as soon as upstream may have carried something out, and before it is looked at. */
  readonly onSent: (requestId: string | undefined) => Promise<void>;
}

/** A write of one role of one subject. */
export interface RoleWrite {
  readonly kind: ChangeKind;
  /** What is sent. */
  readonly change: RoleChange;
  /** What is to be so afterwards, where that is more: somebody else may change meanwhile what was so before. */
  readonly wanted?: RoleChange;
}

/**
 * How a write ended. `done`: it is so, as was seen. `already`: upstream refused it, and it is so: somebody else was quicker. `refused`: upstream did not carry
 * it out, or never had it. `unseen`: it was accepted, or may have been, and does not show.
 */
export type Sent =
  | { readonly end: 'done'; readonly subject: Subject | null }
  | { readonly end: 'already'; readonly subject: Subject | null }
  | { readonly end: 'refused'; readonly error: GatewayError; readonly seen?: Seen<Subject | null> }
  | { readonly end: 'unseen'; readonly error: GatewayError; readonly seen: Seen<Subject | null> };

/**
 * Gives or takes a role at a place, and looks. A write whose answer was lost is sent once more where it does not show; however that ends, what does not show
 * then stays open, because the first one may be carried out yet. Never rejects for what upstream does.
 */
export const sendChange = async (parts: SendParts, { kind, change, wanted = change }: RoleWrite): Promise<Sent> => {
  const { upstream, clock, settleMs, time, onSent } = parts;
  const isSo = (subject: Subject | null): boolean => isDone(kind, wanted, subject);
  const look = (waitMs: number): Promise<Seen<Subject | null>> =>
    settle({ read: () => readSubject(upstream, change, time.looking), isSo, clock, settleMs: waitMs, time });
  const endpoint = kind === 'assign' ? assignRole : revokeRole;
  let lost: GatewayError | undefined;

  for (;;) {
    let error: GatewayError | undefined;
    try {
      const { requestId } = await upstream.call(endpoint, change, time.writing);
      await onSent(requestId);
    } catch (reason) {
      if (!(reason instanceof GatewayError)) throw reason;
      error = reason;
      if (error.outcome === 'unknown') await onSent(error.requestId);
    }
    if (lost === undefined && error !== undefined && error.outcome !== 'unknown') {
      if (!mayBeSoAlready(error)) return { end: 'refused', error };
      const seen = await look(0);
      return seen.isSo ? { end: 'already', subject: seen.value } : { end: 'refused', error, seen };
    }
    const seen = await look(settleMs);
    if (seen.isSo) return { end: 'done', subject: seen.value };
    if (error === undefined) return { end: 'unseen', error: acceptedAndUnseen(seen, kind, change), seen };
    if ('error' in seen) return { end: 'unseen', error: lostAndUnreadable(lost ?? error), seen };
    // Upstream still works on it: the same again would be a second one.
    if (error.code === 'UPSTREAM_PENDING') return { end: 'unseen', error: stillInWork(), seen };
    if (lost !== undefined || !time.mayBegin()) return { end: 'unseen', error: lostAndUnseen(lost ?? error), seen };
    lost = error;
  }
};

/** Whether a subject is as a change is to make it. */
export const isDone = (kind: ChangeKind, { place, roleName }: RoleChange, subject: Subject | null): boolean =>
  partOf(place, heldRole(subject, roleName), kind === 'revoke') === undefined;

/** Statuses that upstream may use for "that is so already". */
const mayBeSoAlready = ({ upstreamStatus, outcome }: GatewayError): boolean =>
  outcome === 'refused' && [400, 404, 409, 412].includes(upstreamStatus ?? 0);

const look = 'Look at the subject before anything else, with `Cache-Control: no-cache`.';

const acceptedAndUnseen = (
  seen: Seen<Subject | null>,
  kind: ChangeKind,
  { roleName }: Pick<RoleChange, 'roleName'>,
): GatewayError => {
  const told = (code: ErrorCode, message: string): GatewayError =>
    new GatewayError(code, message, { outcome: 'unknown' });
  if ('error' in seen) {
    const { code } = seen.error;
    return told(code, `ESET Connect accepted this change, but the subject could not be read afterwards. ${look}`);
  }
  return kind === 'assign' && heldRole(seen.value, roleName).isGlobal
    ? told(
        'UPSTREAM_PENDING',
        `ESET Connect accepted this change, and shows just that the role is held everywhere: it may keep no scopes beside that. ${look} To narrow the role, revoke it everywhere first, and assign the scopes then.`,
      )
    : told(
        'UPSTREAM_PENDING',
        `ESET Connect accepted this change, and does not show it yet. ${look} A longer ROLESCOPE_WRITE_SETTLE_MS waits longer.`,
      );
};

const stillInWork = (): GatewayError =>
  new GatewayError('UPSTREAM_PENDING', `ESET Connect is still working on this change. ${look}`, { outcome: 'unknown' });

const lostAndUnreadable = ({ code }: GatewayError): GatewayError =>
  new GatewayError(
    code,
    `ESET Connect's answer to this change was lost, and the subject could not be read afterwards: it may have been carried out or not. ${look}`,
    { outcome: 'unknown' },
  );

const lostAndUnseen = ({ code }: GatewayError): GatewayError =>
  new GatewayError(
    code,
    `ESET Connect's answer to this change was lost, and the change does not show: it may be carried out yet. ${look}`,
    { outcome: 'unknown' },
  );
