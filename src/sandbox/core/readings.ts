/**
 * What no document says and a client must survive in every form: each with the values that it can have, the likeliest first, which is
 * the default. `README.md` says what each value means.
 */
export const readings = {
  /** What is left of a role when its last scope is revoked. */
  revokeLastScope: ['gone', 'global', 'refused'],
  /** What a revocation without scopes takes. */
  revokeEmptyScopes: ['whole', 'globalOnly', 'refused'],
  revokeNotHeld: ['ok', 404, 400],
  /** A scope is revoked of a role that is held everywhere. */
  revokeUnderGlobal: ['ok', 400, 'narrow'],
  /** A scope is assigned of a role that is held everywhere. */
  assignUnderGlobal: ['keptBeside', 'absorbed'],
  /** The same scope is assigned again. */
  assignTwice: ['merged', 'duplicate'],
  /** Where the scopes of a second assignment of a role are listed. */
  newScopesIn: ['sameEntry', 'newEntry'],
  /** False: the call is not there, as ESET's help says. */
  revokeOffered: [true, false],
  /** What became of a write that was given up with 504. */
  timesOut: ['done', 'notDone'],
  /** What `{}` and a scope whose fields are `""` are. */
  emptyScope: ['refused', 'treatedAsGlobal'],
  /** What a scope is that the world does not have. */
  unknownScope: ['refused', 'accepted'],
  /** True: a subject that nobody knows comes to exist when it is assigned a role. */
  anySubject: [false, true],
  /** Status of a new role whose name is taken. */
  nameTaken: [409, 400],
  /** True: a new role is called otherwise than it was asked for. */
  renames: [false, true],
  /** Status of deleting a built-in role. */
  deleteBuiltIn: [403, 400],
  /** Status of a batch with a uuid that nobody knows. */
  unknownInBatch: [404, 400, 403],
  /** A batch that names a uuid twice. */
  repeatedInBatch: ['refused', 'answered'],
  /** True: the last row of a page comes again as the first of the next, in the lists of the directory. */
  repeatsRows: [false, true],
  /** False: every call of the users' domain gets 501, as without the product that brings them. */
  usersSubscription: [true, false],
  /** True: half of the users who hold roles have no object. */
  partialUsers: [false, true],
  /** Which of the groups that stand for a customer, MSP or site have its uuid: four of five, or none. */
  linkedUuids: ['mostly', 'never'],
  /** True: two groups are each other's parent. */
  treeCycle: [false, true],
} as const satisfies Record<string, readonly (string | number | boolean)[]>;

/** One value for each reading. */
export type Readings = { readonly [Name in keyof typeof readings]: (typeof readings)[Name][number] };

/** The first value of each. */
export const defaultReadings = Object.fromEntries(
  Object.entries(readings).map(([name, values]) => [name, values[0]]),
) as Readings;
