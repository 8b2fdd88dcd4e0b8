import { describe, expect, it } from 'vitest';
import { indexCensus } from '../../src/access/census/index-census.ts';
import { listScopes } from '../../src/access/census-scopes.ts';
import { readDoubts } from '../../src/access/finding-doubts.ts';
import { search, searchSubjects } from '../../src/access/search.ts';
import type { Directory, Wanted } from '../../src/directory/directory.ts';
import { createGroupTree } from '../../src/directory/group-tree.ts';
import { readMany } from '../../src/directory/read-many.ts';
import { found, missing } from '../../src/directory/resolved.ts';
import { scopeOfThing } from '../../src/directory/scope-path.ts';
import type { User } from '../../src/model/user.ts';
import { createSubject } from '../../src/model/subject.ts';
import { Aborter } from '../../src/platform/abort.ts';
import { createManualTurns, longestStretch } from '../support/turns-of-loop.ts';

const uuidOf = (index: number): string => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
const count = 600;
const group = scopeOfThing('ASSET_GROUP', uuidOf(0));
/** One role at two groups each, of which one lies in the other. */
const subjects = Array.from({ length: count }, (_, index) =>
  createSubject(uuidOf(index), 'SUBJECT_TYPE_USER', [
    { name: 'admin', scopes: [group, scopeOfThing('ASSET_GROUP', uuidOf(1 + (index % 300)))] },
  ]),
);

/** A directory whose users cost a tenth of a millisecond each: to be asked for, and to be told of. Who has an odd number is gone. */
const setUp = async () => {
  const { turns, spend, nowMs } = createManualTurns();
  const taker = { owner: {}, turns };
  const tell = (uuid: string) => {
    spend(0.1);
    const isGone = Number.parseInt(uuid.slice(-12), 16) % 2 === 1;
    return isGone
      ? missing
      : found({ uuid, displayName: `Ann ${uuid}`, email: null, otherEmails: [] } as unknown as User);
  };
  const nobody = () => ({ one: () => Promise.resolve(missing), many: () => Promise.resolve(() => missing) });
  const groups = Array.from({ length: 301 }, (_, index) => ({
    uuid: uuidOf(index),
    displayName: `Ann's group ${index}`,
    parentUuid: index === 0 ? null : uuidOf(0),
    linkedTo: null,
    isStatic: true,
  }));
  const tree = await createGroupTree(groups);
  const asked: string[] = [];
  const sources: Parameters<typeof readMany>[1] = {
    user: () => ({
      one: () => Promise.reject(new Error('nobody is asked for alone')),
      many(uuids) {
        asked.push(...uuids);
        return Promise.resolve(tell);
      },
    }),
    device: nobody,
    policy: nobody,
    tree: async () => found(tree),
    taker,
  };
  /** Every look at a subject costs as much. */
  function* looked<Item>(items: Iterable<Item>): Generator<Item> {
    for (const item of items) {
      spend(0.1);
      yield item;
    }
  }
  const directory: Pick<Directory, 'membersOf' | 'readMany'> = {
    membersOf: () => Promise.resolve(missing),
    readMany: ({ subjects: named = [], scopes = [], places = [] }) =>
      readMany({ subjects: looked(named), scopes: looked(scopes), places: looked(places) }, sources),
  };
  const census = await indexCensus({
    pages: [{ items: subjects, pageSize: 1000, fetchedAtMs: 0, bodyBytes: 0 }],
    oldestAtMs: 0,
  });
  return { census, directory, taker, asked, nowMs };
};

/** A turn has 10 ms and one look more, and who watches the loop may come before one turn and behind the next. Without turns it would be all of 60 ms at least. */
const mostMs = 2 * 10.1 + 0.01;

describe('what looks at a whole account', () => {
  it('takes turns where a text is searched, and finds what it should', async () => {
    const { census, directory, taker, asked, nowMs } = await setUp();
    const searching = search(census, { text: 'ann' }, { directory, taker });
    expect(await longestStretch(searching, nowMs)).toBeLessThanOrEqual(mostMs);
    // Asked for 600 subjects and 301 scopes, told of 600.
    expect(nowMs()).toBeGreaterThan(0.1 * (count + 301 + count) - 1);
    expect(asked).toHaveLength(count);
    const { list, gaps } = await searching;
    // Half of the users are gone, and have no name any more.
    expect([list.length, gaps]).toEqual([count / 2 + 301, []]);
    expect(list.at(0).thing).toMatchObject({ kind: 'SUBJECT', subject: { reference: uuidOf(0) } });
    expect(list.at(count / 2).thing).toMatchObject({ kind: 'SCOPE' });
  });

  it('takes turns where subjects with a text are listed', async () => {
    const { census, directory, taker, asked, nowMs } = await setUp();
    const question = { text: 'ann', type: 'USER' as const, includeNestedScopes: false };
    const searching = searchSubjects(
      census,
      { ...question, orderBy: [{ field: 'REFERENCE', direction: 'DESC' }] },
      { directory, taker },
    );
    expect(await longestStretch(searching, nowMs)).toBeLessThanOrEqual(mostMs);
    expect(asked).toHaveLength(count);
    const { list } = await searching;
    expect(list.length).toBe(count / 2);
    expect(list.at(0).reference).toBe(uuidOf(count - 2));
  });

  it('takes turns where findings ask who is gone, and what gives a role already', async () => {
    const { census, directory, taker, nowMs } = await setUp();
    const kinds = new Set(['MISSING_SUBJECT', 'MISSING_SCOPE', 'REDUNDANT_GRANT'] as const);
    const reading = readDoubts(census, kinds, { directory, taker });
    expect(await longestStretch(reading, nowMs)).toBeLessThanOrEqual(mostMs);
    const doubts = await reading;
    const [first, second] = census.subjects;
    expect([first, second].map((subject) => subject && doubts.isMissingSubject(subject))).toEqual([false, true]);
    const [role] = second?.roles ?? [];
    expect(role?.scopes.map((scope) => doubts.givenAlready(role, scope)?.uuid)).toEqual([undefined, group.uuid]);
    expect(doubts.isMissingScope(scopeOfThing('ASSET_GROUP', uuidOf(999)))).toBe(true);
  });

  it('takes turns where scopes are put in the order of their names, and ends with the operation', async () => {
    const { census, directory, taker, nowMs } = await setUp();
    const question = { orderBy: { field: 'KIND_AND_NAME', direction: 'ASC' } } as const;
    const listing = listScopes(census, question, { directory, taker });
    expect(await longestStretch(listing, nowMs)).toBeLessThanOrEqual(mostMs);
    const list = await listing;
    expect(list.length).toBe(301);
    expect(list.at(0).scope).toEqual(group);
    const aborter = new Aborter();
    const names = {
      ...directory,
      readMany: (wanted: Wanted) => (aborter.abort(new Error('gone')), directory.readMany(wanted)),
    };
    // Every look is behind the end of a turn.
    const turns = { ...taker.turns, isOver: () => true };
    const ended = listScopes(census, question, {
      directory: names,
      taker: { ...taker, turns, signal: aborter.signal },
    });
    await expect(ended).rejects.toThrow('gone');
  });
});
