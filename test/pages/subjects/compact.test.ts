import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScope, createSubject, type Scope, type Subject } from '../../../src/model/subject.ts';
import { packSubjects } from '../../../src/pages/subjects/codec.ts';
import { compactSubjects } from '../../../src/pages/subjects/compact.ts';
import { world } from '../../assignments/worlds.ts';

const plainScope = ({ kind, uuid, components }: Scope) => ({ kind, uuid, components });

/** All that a subject tells, whatever it is made of. */
const plain = ({ reference, type, rawType, roles }: Subject) => ({
  reference,
  type,
  rawType,
  roles: roles.map(({ name, ordinal, scopes }) => ({ name, ordinal, scopes: scopes.map(plainScope) })),
});

describe('compact subjects', () => {
  it('tell what the same subjects tell, also when they are written for Redis', async () => {
    await fc.assert(
      fc.asyncProperty(world(40), async (subjects) => {
        const compact = await compactSubjects(subjects);
        expect(compact.map(plain)).toEqual(subjects.map(plain));
        expect(compact.every((subject) => subject.roles.every((role) => role.subject === subject))).toBe(true);
        expect(packSubjects(compact).subjects.map(([reference]) => reference)).toEqual(
          subjects.map(({ reference }) => reference),
        );
      }),
    );
  });

  it('number roles of one name, also of those who hold many', async () => {
    const roles = Array.from({ length: 40 }, (_, index) => ({ name: `role ${index % 3}`, scopes: [] }));
    const [subject] = await compactSubjects([createSubject('somebody', 'SUBJECT_TYPE_USER', roles)]);
    expect(subject?.roles.map(({ ordinal }) => ordinal)).toEqual(roles.map((_, index) => Math.floor(index / 3)));
  });

  it('keep the roles that were made where a page is gone through, and not where each page is looked at for one subject', async () => {
    const held = [{ name: 'auditor', scopes: [createScope([{ kind: 'SITE', field: 'siteUuid', uuid: 'here' }])] }];
    const pages = await Promise.all(
      Array.from({ length: 20 }, (_, page) =>
        compactSubjects(
          Array.from({ length: 10 }, (_entry, index) => createSubject(`${page} ${index}`, 'SUBJECT_TYPE_USER', held)),
        ),
      ),
    );
    const [first = [], second = []] = pages;
    const through = first.map(({ roles }) => roles);
    // The first few say only that somebody goes through it.
    expect(first.slice(3).every(({ roles }, index) => roles === through[index + 3])).toBe(true);
    const across = [0, 1].flatMap((index) => pages.slice(1).map((page) => page[index]?.roles));
    expect(second.slice(0, 2).every(({ roles }) => across.includes(roles))).toBe(false);
    // Whoever looks twice at one subject finds the same ones.
    for (const index of [5, 6]) {
      for (const page of pages) {
        const { roles } = page[index] ?? {};
        expect(page[index]?.roles).toBe(roles);
      }
    }
    expect(across.every((roles) => roles?.[0]?.scopes[0]?.uuid === 'here')).toBe(true);
    // What was gone through before is still made.
    expect(first.at(-1)?.roles).toBe(through.at(-1));
  });

  it('tell what they told where a page has more scopes than fit into 16 bits', async () => {
    const scopes = Array.from({ length: 70_000 }, (_, at) =>
      createScope([{ kind: 'SITE', field: 'siteUuid', uuid: `site ${at}` }]),
    );
    const [subject] = await compactSubjects([
      createSubject('somebody', 'SUBJECT_TYPE_USER', [
        { name: 'admin', scopes },
        { name: 'auditor', scopes: scopes.slice(-1) },
      ]),
    ]);
    const [admin, auditor] = subject?.roles ?? [];
    expect(admin?.scopes.map(({ uuid }) => uuid)).toEqual(scopes.map(({ uuid }) => uuid));
    expect(auditor?.scopes.map(plainScope)).toEqual(scopes.slice(-1).map(plainScope));
  });

  it('are left as they are where they are compact already', async () => {
    const compact = await compactSubjects([createSubject('somebody', 'SUBJECT_TYPE_USER', [])]);
    expect(await compactSubjects(compact)).toBe(compact);
  });
});

describe('subjects that are put together in turns', () => {
  it('are the same, and others have their turn meanwhile', async () => {
    const uuids = Array.from({ length: 20_000 }, (_, i) => `site ${i}`);
    const scopes = uuids.map((uuid) => createScope([{ kind: 'SITE', field: 'siteUuid', uuid }]));
    const subjects = Array.from({ length: 10 }, (_, i) =>
      createSubject(`subject ${i}`, 'SUBJECT_TYPE_USER', [
        { name: 'admin', scopes: scopes.slice(i) },
        { name: `role ${i}`, scopes: [] },
      ]),
    );
    let turns = 0;
    const turn = (): void => {
      turns++;
      immediate = setImmediate(turn);
    };
    let immediate = setImmediate(turn);
    const inTurns = await compactSubjects(subjects);
    clearImmediate(immediate);
    expect(turns).toBeGreaterThan(4);
    const told = ({ reference, roles }: Subject) => ({
      reference,
      roles: roles.map(({ name, scopes: at }) => ({ name, uuids: at.map(({ uuid }) => uuid) })),
    });
    expect(inTurns.map(told)).toEqual(subjects.map(told));
    expect(await compactSubjects(inTurns)).toBe(inTurns);
  });
});
