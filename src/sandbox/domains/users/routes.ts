import type { User } from '../../../wire/users.ts';
import { Problem } from '../../core/problem.ts';
import type { ApiRoute, Call, List } from '../../core/route.ts';
import { unknownField } from '../../core/http/canary.ts';
import { placesKey, type DirectoryState } from '../../world/directory/directory-state.ts';
import { answerBatch, answerObject, listOfSlots } from '../objects.ts';

const functionality = 'users.read';
const maxBatch = 1000;

const protectionStatuses = ['UNSPECIFIED', 'UNPROTECTED', 'PENDING', 'PARTIALLY_PROTECTED', 'FULLY_PROTECTED'].map(
  (name) => `PROTECTION_STATUS_${name}`,
);

/** The calls of user management, over a directory. */
export const createUsersRoutes = (directory: DirectoryState): readonly ApiRoute[] => {
  /** Every call counts for people who leave after some. */
  const counted =
    <Result>(answer: (call: Call) => Result) =>
    (call: Call): Result => {
      directory.noteUsersCall();
      return answer(call);
    };

  return [
    {
      method: 'GET',
      path: '/v1/users',
      functionality,
      parameters: {
        email: { kind: 'text' },
        displayName: { kind: 'text' },
        userGroupUuid: { kind: 'uuid' },
        protectionStatus: { kind: 'enum', names: protectionStatuses },
        cloudOfficeTenantReference: { kind: 'text' },
        hasCloudOfficeMsLicense: { kind: 'flag' },
      },
      list: counted((call) => listUsers(directory, call)),
    },
    {
      method: 'GET',
      path: '/v1/users/{userUuid}',
      functionality,
      parameters: { userUuid: { kind: 'uuid', isInPath: true } },
      read: counted((call) => {
        const uuid = call.args.text('userUuid');
        return { user: answerObject(directory, 'users', call, uuid), ...unknownField('users', uuid) };
      }),
    },
    {
      method: 'POST',
      path: '/v1/users:batchGetUsers',
      functionality,
      body: async () => (await import('./batch-body.ts')).checkBatch,
      read: counted((call) => {
        // The route's `body` has found it right.
        const { usersUuids } = call.body as { readonly usersUuids: readonly string[] };
        if (usersUuids.length > maxBatch) throw new Problem(400, `users_uuids names more than ${maxBatch} users`);
        return { users: answerBatch(directory, 'users', call, usersUuids), ...unknownField('users', 'batch') };
      }),
    },
  ];
};

const listUsers = (directory: DirectoryState, call: Call): List => {
  const { args, places } = call;
  const { users, usersInGroup } = directory.current();
  const isWanted = readFilter(args);
  const group = args.text('userGroupUuid');
  const compared = users.comparedAt ?? users.at;
  const list = (): Uint32Array => {
    const visible = directory.listOf('users', places);
    if (group === '') return isWanted === undefined ? visible : visible.filter((slot) => isWanted(compared(slot)));
    const members = new Set(usersInGroup(group));
    return visible.filter((slot) => members.has(slot) && (isWanted === undefined || isWanted(compared(slot))));
  };
  const slots =
    isWanted === undefined && group === ''
      ? list()
      : directory.keep(`users ${args.canonical()} ${placesKey(places)}`, list);
  return { ...listOfSlots('users', slots, users), hasTotalSize: true };
};

/** The filters of the list but the one by group. Parts of texts are compared with case: nothing says that it does not matter. */
const readFilter = (args: Call['args']): ((user: User) => boolean) | undefined => {
  const email = args.text('email');
  const displayName = args.text('displayName');
  const protectionStatus = args.text('protectionStatus');
  const tenant = args.text('cloudOfficeTenantReference');
  const hasLicense = args.flag('hasCloudOfficeMsLicense');
  if (email + displayName + protectionStatus + tenant === '' && hasLicense === undefined) return undefined;
  return (user) =>
    (user.displayName ?? '').includes(displayName) &&
    [user.primaryEmailAddress ?? '', ...(user.proxyEmailAddresses ?? [])].some((address) => address.includes(email)) &&
    (protectionStatus === '' || user.protectionStatus === protectionStatus) &&
    (tenant === '' || user.cloudOffice?.tenantReference === tenant) &&
    (hasLicense === undefined || (user.cloudOffice?.hasMsLicense ?? false) === hasLicense);
};
