import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatchCounter, createMatcher, matchingRoles } from '../../../src/assignments/list/filter.ts';
import type { RoleFilter, SubjectsQuestion } from '../../../src/assignments/assignments.ts';
import { createScope, createSubject, kindOfScopeField, type Subject } from '../../../src/model/subject.ts';
import { compactSubjects } from '../../../src/pages/subjects/compact.ts';
import { question, world } from '../worlds.ts';

const scope = (fields: Record<string, string>) =>
  createScope(Object.entries(fields).map(([field, uuid]) => ({ kind: kindOfScopeField(field), field, uuid })));
const at = (field: string, uuid: string) => [{ field, uuid }];

const alice = createSubject('alice', 'SUBJECT_TYPE_USER', [
  { name: 'admin', scopes: [scope({ customerUuid: 'c1' })] },
  { name: 'auditor', scopes: [scope({ siteUuid: 's1' }), scope({ customerUuid: 'c2', siteUuid: 's2' })] },
  { name: 'auditor', scopes: [] },
  { name: 'viewer', scopes: [scope({})] },
  { name: 'viewer', scopes: [scope({ moonUuid: 'm1' })] },
]);

describe('matchingRoles', () => {
  it.each<[string, RoleFilter, number[]]>([
    ['everything without a filter', {}, [0, 1, 2, 3, 4]],
    ['roles by name', { name: 'auditor' }, [1, 2]],
    ['no role of an unknown name', { name: 'Auditor' }, []],
    ['roles that list a scope', { scopes: [at('customerUuid', 'c1')] }, [0]],
    ['roles by any component of a composite scope', { scopes: [at('customerUuid', 'c2')] }, [1]],
    ['roles that list any of several scopes', { scopes: [at('customerUuid', 'c1'), at('siteUuid', 's1')] }, [0, 1]],
    ['no role where field and uuid meet in different scopes', { scopes: [at('siteUuid', 'c1')] }, []],
    [
      'a composite scope by all its components',
      { scopes: [[...at('customerUuid', 'c2'), ...at('siteUuid', 's2')]] },
      [1],
    ],
    [
      'no composite scope by components of two',
      { scopes: [[...at('customerUuid', 'c2'), ...at('siteUuid', 's1')]] },
      [],
    ],
    ['fields that nobody documents', { scopes: [at('moonUuid', 'm1')] }, [4]],
    ['the scope without any field, and not the global role', { scopes: [[]] }, [3]],
    ['global roles where they count', { scopes: [at('customerUuid', 'c1')], includeGlobal: true }, [0, 2]],
    ['name and scope by one and the same role', { name: 'auditor', scopes: [at('customerUuid', 'c1')] }, []],
    ['global roles alone', { isGlobal: true }, [2]],
    ['roles that are not global alone', { isGlobal: false }, [0, 1, 3, 4]],
    ['no global role at a scope', { isGlobal: true, scopes: [at('customerUuid', 'c1')] }, []],
    [
      'the global roles among those that hold at a scope',
      { isGlobal: true, scopes: [at('customerUuid', 'c1')], includeGlobal: true },
      [2],
    ],
    ['name and being global by one and the same role', { name: 'admin', isGlobal: true }, []],
    ['nothing by an empty list of scopes', { scopes: [], includeGlobal: true }, []],
  ])('gives %s', (_, filter, indexes) => {
    expect(matchingRoles(alice, filter)).toEqual(indexes.map((index) => alice.roles[index]));
  });
});

describe('createMatcher', () => {
  const plain: SubjectsQuestion = { orderBy: [], includeNestedScopes: false };
  it.each<[string, Partial<SubjectsQuestion>, boolean]>([
    ['everybody without a filter', {}, true],
    ['the reference', { reference: 'alice' }, true],
    ['not another reference', { reference: 'Alice' }, false],
    ['the type', { type: 'USER' }, true],
    ['not another type', { type: 'UNKNOWN' }, false],
    ['a role', { role: { name: 'admin' } }, true],
    ['not a role that is not held', { role: { name: 'root' } }, false],
    ['all of them together', { reference: 'alice', type: 'USER', role: { name: 'admin' } }, true],
    ['not where one is not met', { reference: 'alice', type: 'DEVICE', role: { name: 'admin' } }, false],
  ])('meets %s', (_, question, isMet) => {
    expect(createMatcher({ ...plain, ...question })(alice)).toBe(isMet);
  });

  it('meets no role filter with a subject that holds nothing', () => {
    expect(createMatcher({ ...plain, role: {} })(createSubject('bob', 'SUBJECT_TYPE_USER', []))).toBe(false);
  });

  it.each([{}, { name: 'admin' }, { name: 'admin', isGlobal: true }, { name: 'admin', isGlobal: false }])(
    'counts those of a kept page that hold a role, however often they do: %j',
    async (role) => {
      await fc.assert(
        fc.asyncProperty(world(20), async (subjects) => {
          const asked = { ...plain, role };
          const held = subjects.filter((subject) => matchingRoles(subject, role).length > 0);
          expect(createMatchCounter(asked)(await compactSubjects(subjects))).toBe(held.length);
        }),
      );
    },
  );

  it('says of subjects of kept pages what it says of the same ones elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(world(20), world(20)), question, async (pages, asked) => {
        const matches = createMatcher(asked);
        const compact = await Promise.all(pages.map(compactSubjects));
        const count = createMatchCounter(asked);
        expect(compact.map(count)).toEqual(pages.map((page) => page.filter(createMatcher(asked)).length));
        expect(pages.map(count)).toEqual(compact.map(count));
        // By turns, so that it goes from page to page.
        for (const places of [0, 1, 2, 3].map((start) => ({ start, end: start + 1 })).concat({ start: 0, end: 20 })) {
          const part = (subjects: readonly Subject[]) => subjects.slice(places.start, places.end);
          expect(compact.map((page) => part(page).map(matches))).toEqual(pages.map((page) => part(page).map(matches)));
        }
      }),
    );
  });
});
