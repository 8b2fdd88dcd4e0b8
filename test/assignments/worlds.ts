import * as fc from 'fast-check';
import type { RoleFilter, SubjectsQuestion } from '../../src/assignments/assignments.ts';
import {
  createScope,
  createSubject,
  kindOfScopeField,
  type Subject,
  type SubjectType,
  subjectTypeOf,
} from '../../src/model/subject.ts';
import type { PageShape } from '../support/model-source.ts';

// Few names and many subjects, so that filters meet some, orders have ties, and subjects are listed twice.
const references = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
const rawTypes = ['USER', 'DEVICE', 'USER_GROUP', 'UNSPECIFIED', 'ROBOT'].map((name) => `SUBJECT_TYPE_${name}`);
const roleNames = ['admin', 'auditor'];
const components = [
  { field: 'customerUuid', uuid: 'c1' },
  { field: 'customerUuid', uuid: 'c2' },
  { field: 'siteUuid', uuid: 's1' },
  { field: 'moonUuid', uuid: 'm1' },
];

const scope = fc
  .uniqueArray(fc.constantFrom(...components), { maxLength: 2, selector: ({ field }) => field })
  .map((listed) => createScope(listed.map((each) => ({ kind: kindOfScopeField(each.field), ...each }))));

const role = fc.record({ name: fc.constantFrom(...roleNames), scopes: fc.array(scope, { maxLength: 2 }) });

const subject = fc
  .tuple(fc.constantFrom(...references), fc.constantFrom(...rawTypes), fc.array(role, { maxLength: 2 }))
  .map(([reference, rawType, roles]) => createSubject(reference, rawType, roles));

export const world = (maxLength: number): fc.Arbitrary<Subject[]> => fc.array(subject, { maxLength, size: 'max' });

export const pageShape: fc.Arbitrary<PageShape> = fc.record({
  shortPercent: fc.constantFrom(0, 0, 50, 90),
  emptyPercent: fc.constantFrom(0, 0, 40),
  seed: fc.nat(1_000_000),
  hasEmptyEnd: fc.boolean(),
  tellsSize: fc.boolean(),
});

const roleFilter: fc.Arbitrary<RoleFilter> = fc.record(
  {
    name: fc.constantFrom(...roleNames),
    scopes: fc.array(fc.uniqueArray(fc.constantFrom(...components), { maxLength: 2 }), { minLength: 1, maxLength: 2 }),
    includeGlobal: fc.boolean(),
    isGlobal: fc.boolean(),
  },
  { requiredKeys: [] },
);

const orderBy = fc.uniqueArray(
  fc.record({ field: fc.constantFrom('REFERENCE', 'TYPE'), direction: fc.constantFrom('ASC', 'DESC') }),
  { maxLength: 2, selector: ({ field }) => field },
) as fc.Arbitrary<SubjectsQuestion['orderBy']>;

/** Half of them unfiltered. */
export const question: fc.Arbitrary<SubjectsQuestion> = fc
  .tuple(
    fc.boolean(),
    fc.record(
      {
        reference: fc.constantFrom(...references),
        type: fc.constantFrom<SubjectType>('USER', 'DEVICE', 'UNSPECIFIED', 'UNKNOWN'),
        role: roleFilter,
      },
      { requiredKeys: [] },
    ),
    orderBy,
    fc.boolean(),
  )
  .map(([isFiltered, filter, order, includeNestedScopes]) => ({
    ...(isFiltered && filter),
    orderBy: order,
    includeNestedScopes,
  }));

/** What the question means, said once more and as plainly as possible. */
export const answerTo = (
  subjects: readonly Subject[],
  { reference, type, role, orderBy }: SubjectsQuestion,
): Subject[] =>
  subjects
    .filter((each) => reference === undefined || each.reference === reference)
    .filter((each) => type === undefined || subjectTypeOf(each.rawType) === type)
    .filter((each) => role === undefined || each.roles.some((held) => isMet(held, role)))
    .toSorted((one, other) => {
      for (const { field, direction } of orderBy) {
        const [a, b] = field === 'REFERENCE' ? [one.reference, other.reference] : [one.rawType, other.rawType];
        if (a !== b) return a < b === (direction === 'ASC') ? -1 : 1;
      }
      return 0;
    });

const isMet = (held: Subject['roles'][number], filter: RoleFilter): boolean => {
  const isGlobal = held.scopes.length === 0;
  const isNamed = filter.name === undefined || held.name === filter.name;
  if (!isNamed || (filter.isGlobal ?? isGlobal) !== isGlobal) return false;
  if (filter.scopes === undefined) return true;
  if (isGlobal) return filter.includeGlobal === true;
  const texts = held.scopes.map(({ components: all }) => all.map(({ field, uuid }) => `${field}=${uuid}`));
  return filter.scopes.some((wanted) =>
    texts.some((has) =>
      wanted.length === 0 ? has.length === 0 : wanted.every(({ field, uuid }) => has.includes(`${field}=${uuid}`)),
    ),
  );
};
