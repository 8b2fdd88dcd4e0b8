import type { Directory } from '../../directory/directory.ts';
import { ShardedMap } from '../../directory/sharded-map.ts';
import { GatewayError } from '../../model/errors.ts';
import { rawSubjectTypeOf } from '../../model/subject.ts';
import type { User } from '../../model/user.ts';
import { sortInTurns, workInTurns } from '../../platform/work-in-turns.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';
import { checkLookupCount } from '../relay/node.ts';

/** `Query.subjectsByEmail`, for joining with sources that know people by their mail. */
export const defineSubjectsByEmail = (builder: GraphBuilder, { types }: GraphParts): void => {
  builder.queryField('subjectsByEmail', (t) =>
    t.field({
      type: [types.subject],
      nullable: { list: false, items: true },
      description:
        'Several users by their mail addresses, at most 1000, in the order asked, compared without case: by primary address before any other. Null for whom the directory or the assignments do not know. Costs a walk of the users of the account, which is kept.',
      args: { emails: t.arg.stringList({ required: true, description: 'Mail addresses, at most 1000.' }) },
      extensions: lookupCost,
      resolve: async (_root, { emails }, { assignments, directory }) => {
        checkLookupCount('emails', emails);
        // Each fails alone, as it would where its own lookup fails.
        return emails.map(async (email) => {
          const user = await findUserByEmail(email, directory);
          return user === undefined
            ? null
            : assignments.find({ reference: user.uuid, rawType: rawSubjectTypeOf('USER'), includeNestedScopes: false });
        });
      },
    }),
  );
};

/** The user whom an address reaches; undefined where the directory knows nobody. Fails where it cannot be asked. */
export const findUserByEmail = async (email: string, directory: Directory): Promise<User | undefined> => {
  const users = await directory.allUsers();
  if (users.resolution !== 'FOUND') throw whyNot[users.resolution === 'FORBIDDEN' ? 'FORBIDDEN' : 'UNAVAILABLE']();
  let byEmail = indexes.get(users.value);
  if (byEmail === undefined) indexes.set(users.value, (byEmail = usersByEmail(users.value)));
  return (await byEmail).get(email.toLowerCase());
};

/** One for each reading of the list. */
const indexes = new WeakMap<readonly User[], Promise<ShardedMap<User>>>();

/** Whom each address reaches, in small letters. A primary address goes before a further one, and the smaller uuid before the larger. In turns: it looks at every user of an account. */
const usersByEmail = async (users: readonly User[]): Promise<ShardedMap<User>> => {
  const byEmail = new ShardedMap<User>();
  const add = (address: string, user: User): void => {
    const key = address.toLowerCase();
    if (key !== '' && byEmail.get(key) === undefined) byEmail.set(key, user);
  };
  const taker = { owner: users };
  const sorted = await sortInTurns(users, taker, (one, other) => (one.uuid < other.uuid ? -1 : 1));
  await workInTurns(sorted, taker, (user) => {
    if (user.email !== null) add(user.email, user);
  });
  await workInTurns(sorted, taker, (user) => {
    for (const address of user.otherEmails) add(address, user);
  });
  return byEmail;
};

const whyNot = {
  FORBIDDEN: () =>
    new GatewayError(
      'FORBIDDEN',
      'The users of this account are closed to this credential, so nobody can be found by mail. A permission set that covers users opens them.',
    ),
  UNAVAILABLE: () =>
    new GatewayError(
      'UPSTREAM_UNAVAILABLE',
      'The users of this account cannot be read, so nobody can be found by mail: the domain failed, is turned off here, or the account has none.',
    ),
} as const;
