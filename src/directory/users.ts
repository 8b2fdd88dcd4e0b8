import { maxUsersInBatch } from '../model/contract.ts';
import type { Operation } from '../model/operation.ts';
import type { User } from '../model/user.ts';
import { batchGetUsers, listUsers, type UsersQuestion } from '../upstream/endpoints/users.ts';
import { plainList } from '../pages/paged-list.ts';
import { plainValues } from '../pages/values/value-kind.ts';
import type { MaybePromise } from '../platform/maybe-promise.ts';
import { sortInTurns, turnsOf } from '../platform/work-in-turns.ts';
import { createKindByUuid, type FindByUuid } from './by-uuid.ts';
import type { Outlook } from './directory.ts';
import { byName } from './group-tree.ts';
import { readOrWhy } from './read-or-why.ts';
import { found, type Resolved } from './resolved.ts';
import { type DirectoryParts, listedIn, openList } from './sources.ts';

/** The users of an account, for each operation. */
export interface Users {
  find(operation: Operation, outlook?: Outlook): FindByUuid<User>;
  /** Every user, each once. */
  all(operation: Operation): MaybePromise<Resolved<readonly User[]>>;
  /** How many calls that would cost, about; undefined where nobody knows, `Infinity` where it is more than a walk may cost. */
  costOfAll(operation: Operation): number | undefined;
  /** Who is in a user group, by name and then uuid. */
  membersOf(userGroupUuid: string, operation: Operation): Promise<Resolved<readonly User[]>>;
}

const everyone: UsersQuestion = {};

/** Users come in batches, or from the list of all where that costs less; who is in a group from the list of its users. */
export const createUsers = (parts: DirectoryParts): Users => {
  const { upstream, pages, closed, clock, ttlMs } = parts;
  const list = openList(
    parts,
    listUsers,
    plainList<UsersQuestion, User>({
      name: listUsers.name,
      keyOf: listUsers.keyOf,
      questionKey: ({ userGroupUuid }) => userGroupUuid ?? '',
      // A user is the same in the list of all and in that of a group's members.
      groupKey: () => '',
      isComplete: ({ userGroupUuid }) => userGroupUuid === undefined,
    }),
  );
  const kept = pages.openValues<User>({ kind: plainValues(batchGetUsers.name), ttlMs });
  const { domain } = listUsers;
  const read = (question: UsersQuestion, operation: Operation): MaybePromise<Resolved<readonly User[]>> =>
    readOrWhy(
      { domain, upstream, closed, clock, operation, asked: question === everyone ? 'everything' : 'contents' },
      list.whole,
      question,
    );
  const costOfAll = (operation: Operation) => list.whole.costOf(everyone, operation);

  return {
    costOfAll(operation) {
      const calls = costOfAll(operation);
      const length = list.open.cache?.likelySize(everyone, operation) ?? 0;
      // What was read of it already makes it cheaper and not shorter.
      return calls !== 0 && Math.ceil(length / listUsers.maxPageSize) > parts.maxWalkCalls ? Infinity : calls;
    },
    find: createKindByUuid({
      domain,
      isThere: upstream.has(domain),
      closed,
      clock,
      ttlMs,
      maxBatch: maxUsersInBatch,
      async fetch(uuids, operation) {
        const { value, receivedAtMs } = await upstream.call(batchGetUsers, { uuids }, operation);
        return { values: value, atMs: receivedAtMs };
      },
      keyOf: ({ uuid }) => uuid,
      listed: (uuid, operation) => listedIn(list, everyone, uuid, operation),
      kept,
      readAll: (operation) => list.whole.read(everyone, operation),
      readOn: (operation) => list.whole.readOn(everyone, operation),
      isFirstPageKept: (operation) => list.whole.isFirstPageKept(everyone, operation),
      costOfAll,
    }),
    all: (operation) => read(everyone, operation),
    async membersOf(userGroupUuid, operation) {
      const members = await read({ userGroupUuid }, operation);
      if (members.resolution !== 'FOUND') return members;
      return found(await sortInTurns(members.value, turnsOf(operation), byName));
    },
  };
};
