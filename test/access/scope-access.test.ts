import { describe, expect, it } from 'vitest';
import { indexCensus } from '../../src/access/census/index-census.ts';
import { listScopeAccess } from '../../src/access/scope-access.ts';
import { found } from '../../src/directory/resolved.ts';
import { scopeOfThing } from '../../src/directory/scope-path.ts';
import { createSubject } from '../../src/model/subject.ts';
import type { User } from '../../src/model/user.ts';

const site = scopeOfThing('SITE', 'site');
const elsewhere = scopeOfThing('SITE', 'elsewhere');
const group = (uuid: string, ...scopes: readonly (typeof site)[]) =>
  createSubject(uuid, 'SUBJECT_TYPE_USER_GROUP', [{ name: 'admin', scopes }]);
const user = (uuid: string, ...userGroupUuids: readonly string[]): User => ({
  uuid,
  displayName: null,
  email: null,
  otherEmails: [],
  jobTitle: null,
  department: null,
  userGroupUuids,
  protectionStatus: null,
});

const readCensus = (references: readonly string[]) =>
  indexCensus({
    pages: [
      {
        items: [
          ...references.map((reference) => createSubject(reference, 'SUBJECT_TYPE_USER', [])),
          group('everywhere'),
          group('here', site),
          group('there', elsewhere),
        ],
        pageSize: 1000,
        fetchedAtMs: 0,
        bodyBytes: 0,
      },
    ],
    oldestAtMs: 0,
  });

/** A list of users that counts how often it is gone through. */
class CountedUsers extends Array<User> {
  looks = 0;
  override [Symbol.iterator]() {
    this.looks++;
    return super[Symbol.iterator]();
  }
}

const usersOf = (...users: readonly User[]): CountedUsers => {
  const counted = new CountedUsers();
  counted.push(...users);
  return counted;
};

const directoryOf = (users: readonly User[]): Parameters<typeof listScopeAccess>[2]['directory'] => ({
  allUsers: () => found(users),
  costOfAllUsers: () => 0,
  membersOf: () => Promise.reject(new Error('no group is asked for')),
  pathOf: () => found({ ancestors: [], end: 'ROOT' }),
});

const askAt = async (
  scope: typeof site,
  parts: Parameters<typeof listScopeAccess>[2],
): Promise<Readonly<Record<string, readonly (string | null)[]>>> => {
  const { list, reasonsOf } = await listScopeAccess(scope, {}, parts);
  const subjects = Array.from({ length: list.length }, (_, index) => list.at(index));
  return Object.fromEntries(
    subjects.map((subject) => [subject.reference, reasonsOf(subject).map(({ memberOf }) => memberOf)]),
  );
};

describe('who can act at a scope, by what all users say of themselves', () => {
  const users = () =>
    usersOf(
      user('zoe', 'here'),
      user('ann', 'there', 'here', 'here'),
      user('bob', 'everywhere', 'nowhere'),
      user('cid', 'here', 'everywhere'),
      user('dan'),
    );

  it('tells of members that are subjects and of others, each once, with all of their groups', async () => {
    const parts = { census: await readCensus(['ann', 'cid', 'dan']), directory: directoryOf(users()) };
    expect(await askAt(site, parts)).toEqual({
      ann: ['here'],
      bob: ['everywhere'],
      cid: ['here', 'everywhere'],
      everywhere: [null],
      here: [null],
      zoe: ['here'],
    });
    expect(await askAt(elsewhere, parts)).toEqual({
      ann: ['there'],
      bob: ['everywhere'],
      cid: ['everywhere'],
      everywhere: [null],
      there: [null],
    });
  });

  it('looks at all users once for each reading of their list, and of another reading tells what that says', async () => {
    const census = await readCensus(['ann', 'cid', 'dan']);
    const first = users();
    for (const scope of [site, elsewhere, site]) await askAt(scope, { census, directory: directoryOf(first) });
    expect(first.looks).toBe(1);
    const renewed = { census, directory: directoryOf(usersOf(user('dan', 'here'), user('ann', 'there'))) };
    expect(Object.keys(await askAt(site, renewed))).toEqual(['dan', 'everywhere', 'here']);
    expect(Object.keys(await askAt(site, { census, directory: directoryOf(first) }))).toContain('zoe');
  });

  it('finds members anew in another census', async () => {
    const directory = directoryOf(users());
    const [before, after] = [await readCensus(['ann', 'cid', 'dan']), await readCensus(['bob', 'yen', 'zoe'])];
    const inBefore = await askAt(site, { census: before, directory });
    expect(await askAt(site, { census: after, directory })).toEqual(inBefore);
  });
});
