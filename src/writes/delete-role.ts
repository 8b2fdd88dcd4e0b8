import type { Census } from '../access/census/census.ts';
import { createCallBudget } from '../model/call-budget.ts';
import { GatewayError } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import { keyPart } from '../platform/key-part.ts';
import { deleteRole as endpoint } from '../upstream/endpoints/roles.ts';
import { beginAttempt } from './attempt.ts';
import { noTime } from './no-time.ts';
import { checkRights } from './rights.ts';
import { holdersIn } from './role-holders.ts';
import { sendDeletion } from './send-deletion.ts';
import type { WriteParts } from './write-parts.ts';
import { createWriteTime } from './write-time.ts';
import type { DeletedRole } from './writes.ts';

/** Deletes a role, if as many hold it as whoever deletes it believes. */
export const deleteRole = async (parts: WriteParts, name: string, confirmHolders: number): Promise<DeletedRole> => {
  const { operation, audit, clock, settleMs, turns, trace } = parts;
  checkRights(parts);
  // What cannot be sent says so itself.
  endpoint.request({ name });
  await audit.check();
  const attempt = beginAttempt(parts);
  const time = createWriteTime({ operation, clock, settleMs, changes: 1 });
  try {
    const turn = keyPart(operation.caller?.credentialKey) + keyPart('role') + name;
    return await turns.take(turn, async () => {
      // Each by a name of its own: one that was made for an operation answers it again. The walk has a bound of its own.
      let censuses = 0;
      const census = (of: Operation): Promise<Census> =>
        parts.censuses.read(false, { ...of, id: `${of.id}/${++censuses}`, budget: createCallBudget(Infinity) });
      if (!time.mayBegin()) return { name: null, formerHolders: [], problem: noTime };
      const before = await census(time.writing);
      const holders = holdersIn(before, name);
      if (holders.length !== confirmHolders) throw otherCount(holders.length, confirmHolders);
      if (!time.mayBegin()) return { name: null, formerHolders: [], problem: noTime };

      const { status, formerHolders, problem } = await trace('change deleteRole', operation, () =>
        sendDeletion({
          ...parts,
          ...attempt,
          time,
          name,
          holders,
          subjectCount: before.subjects.length,
          census: () => census(time.looking),
        }),
      );
      await attempt.end({ kind: 'deleteRole', status, role: name, holders: holders.length, problem });
      return { name: status === 'CHANGED' ? name : null, formerHolders, problem };
    });
  } finally {
    time.close();
  }
};

const otherCount = (holders: number, confirmed: number): GatewayError =>
  new GatewayError(
    'BAD_USER_INPUT',
    `Nothing was deleted: ${holders} ${holders === 1 ? 'subject holds' : 'subjects hold'} this role now, and confirmHolders says ${confirmed}. Look at who holds it, and send ${holders} if they are all to lose it.`,
  );
