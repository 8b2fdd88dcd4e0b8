import type { Census } from '../access/census/census.ts';
import { GatewayError } from '../model/errors.ts';
import type { Subject } from '../model/subject.ts';
import { deleteRole } from '../upstream/endpoints/roles.ts';
import { type ChangeProblem, problemOf } from './change.ts';
import { holds, lookAtSubjects } from './role-holders.ts';
import type { SendParts } from './send-change.ts';
import { type Seen, seenIn, settle } from './settle.ts';

export interface DeletionParts extends SendParts {
  readonly name: string;
  /** Who held the role before. */
  readonly holders: readonly Subject[];
  /** How many subjects there were before. */
  readonly subjectCount: number;
  /** Makes one now. */
  readonly census: () => Promise<Census>;
}

/** How a deletion ended. */
export interface Deletion {
  readonly status: 'CHANGED' | 'FAILED' | 'UNKNOWN';
  /** Who was seen without the role. */
  readonly formerHolders: readonly Subject[];
  readonly problem: ChangeProblem | null;
}

type Look = Seen<readonly Subject[]>;

/**
 * Deletes a role, and looks at those who held it. A role that nobody held leaves nothing to look at: upstream lets no role be read. So what was accepted
 * counts then, and what was lost stays unknown. Where holders still hold it after a lost answer, the deletion is sent once more, and what does not
 * show then stays unknown. Never rejects for what
 * upstream does.
 */
export const sendDeletion = async (parts: DeletionParts): Promise<Deletion> => {
  const { upstream, clock, settleMs, time, onSent, name, holders } = parts;
  const look = (): Promise<Look> =>
    settle({
      read: () => lookAtSubjects({ ...parts, operation: time.looking }, holders),
      isSo: (subjects) => !subjects.some((subject) => holds(subject, name)),
      clock,
      settleMs,
      time,
    });
  const told = (status: Deletion['status'], seen: Look | undefined, error?: GatewayError): Deletion => ({
    status,
    formerHolders: seenIn(seen)?.filter((subject) => !holds(subject, name)) ?? [],
    problem: error === undefined ? null : problemOf(error),
  });

  let lost: GatewayError | undefined;
  for (;;) {
    let error: GatewayError | undefined;
    try {
      const { requestId } = await upstream.call(deleteRole, { name }, time.writing);
      await onSent(requestId);
    } catch (reason) {
      if (!(reason instanceof GatewayError)) throw reason;
      error = reason;
      if (error.outcome === 'unknown') await onSent(error.requestId);
    }
    if (lost === undefined && error !== undefined && error.outcome !== 'unknown') {
      return told('FAILED', undefined, error);
    }
    if (holders.length === 0) {
      return error === undefined ? told('CHANGED', undefined) : told('UNKNOWN', undefined, unknown(error, 'unheld'));
    }
    const seen = await look();
    if (seen.isSo) return told('CHANGED', seen);
    if (error === undefined) return told('UNKNOWN', seen, accepted('error' in seen ? seen.error : undefined));
    const mayGoOn = 'value' in seen && lost === undefined && error.code !== 'UPSTREAM_PENDING' && time.mayBegin();
    if (!mayGoOn) return told('UNKNOWN', seen, unknown(lost ?? error));
    lost = error;
  }
};

const next = 'Look at who held it before anything else, with `Cache-Control: no-cache`.';

const accepted = (unreadable: GatewayError | undefined): GatewayError =>
  unreadable === undefined
    ? new GatewayError(
        'UPSTREAM_PENDING',
        `ESET Connect accepted the deletion, and still shows the role with somebody. ${next} A longer ROLESCOPE_WRITE_SETTLE_MS waits longer.`,
      )
    : new GatewayError(
        unreadable.code,
        `ESET Connect accepted the deletion, but who held the role could not be read afterwards. ${next}`,
      );

const unknown = ({ code }: GatewayError, held?: 'unheld'): GatewayError =>
  new GatewayError(
    code,
    held === 'unheld'
      ? "The outcome is unknown: ESET Connect's answer was lost, and nobody held the role, so that nothing shows whether it is gone. Send it again: NOT_FOUND says that it is."
      : `The outcome is unknown: ESET Connect's answer to the deletion was lost or is not there yet, and it could not be seen that the role is gone. ${next}`,
  );
