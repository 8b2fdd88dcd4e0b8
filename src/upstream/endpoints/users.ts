import { maxListPageSize, maxUsersInBatch } from '../../model/contract.ts';
import type { User } from '../../model/user.ts';
import type { Endpoint, ListEndpoint } from '../endpoint.ts';
import { jsonBody, pagePath, refusal, segment } from './asking.ts';
import { asEnumName, asObject, asText, asTextOrNull, asTexts, readBatchOf, readOneOf, readPageOf } from './reading.ts';

const path = '/v1/users';

/** What may stay the same over the pages of a list of users. */
export interface UsersQuestion {
  /** Members of this group alone; none where it is unknown. */
  readonly userGroupUuid?: string;
}

/** Accounts without the product that synchronises users answer 501 or 403 to all of these. */
const facts = { domain: 'users', repeat: 'safe' } as const;

/** All users, or those of a group, in no order: a row may come twice. */
export const listUsers: ListEndpoint<UsersQuestion, User> = {
  ...facts,
  name: 'users.list',
  method: 'GET',
  maxPageSize: maxListPageSize,
  keyOf: ({ uuid }) => uuid,
  request: ({ question: { userGroupUuid }, ...page }) => ({
    path: pagePath(path, page, { maxPageSize: maxListPageSize, parameters: [['userGroupUuid', userGroupUuid]] }),
  }),
  read: (body) => readPageOf(body, 'users', readUser),
};

/** One user; `NOT_FOUND` where upstream does not know it. */
export const getUser: Endpoint<{ readonly uuid: string }, User> = {
  ...facts,
  name: 'users.get',
  method: 'GET',
  request: ({ uuid }) => ({ path: `${path}/${segment(uuid, 'The uuid of a user')}` }),
  read: (body) => readOneOf(body, 'user', readUser),
};

/** Several users, in the order asked: every one of them, or none and an error that does not say which is unknown. Name each once. */
export const batchGetUsers: Endpoint<{ readonly uuids: readonly string[] }, readonly User[]> = {
  ...facts,
  name: 'users.batchGet',
  method: 'POST',
  request({ uuids }) {
    if (uuids.length === 0 || uuids.length > maxUsersInBatch) {
      throw refusal(`From 1 to ${maxUsersInBatch} users can be asked for at once.`);
    }
    return { path: `${path}:batchGetUsers`, body: jsonBody({ usersUuids: uuids }) };
  },
  read: (body) => readBatchOf(body, 'users', readUser),
};

/** Only what the graph serves: telephone numbers, logins and licences are left where they are. */
function readUser(item: unknown): User {
  const fields = asObject(item, 'a user');
  return {
    uuid: asText(fields['uuid'], 'uuid'),
    displayName: asTextOrNull(fields['displayName'], 'displayName'),
    email: asTextOrNull(fields['primaryEmailAddress'], 'primaryEmailAddress'),
    otherEmails: asTexts(fields['proxyEmailAddresses'], 'proxyEmailAddresses'),
    jobTitle: asTextOrNull(fields['jobTitle'], 'jobTitle'),
    department: asTextOrNull(fields['department'], 'department'),
    userGroupUuids: asTexts(fields['userGroupUuids'], 'userGroupUuids'),
    protectionStatus: asEnumName(fields['protectionStatus'], 'PROTECTION_STATUS_', 'protectionStatus'),
  };
}
