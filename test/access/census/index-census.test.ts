import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexCensus } from '../../../src/access/census/index-census.ts';
import type { Order } from '../../../src/access/census/ranks.ts';
import { compareTexts } from '../../../src/access/census/sort.ts';
import { type Scope, type Subject, subjectTypes } from '../../../src/model/subject.ts';
import { compactSubjects } from '../../../src/pages/subjects/compact.ts';
import { world } from '../../assignments/worlds.ts';

const asTheyAre = (items: readonly Subject[]): Promise<readonly Subject[]> => Promise.resolve(items);

const indexOf = async (subjects: readonly Subject[], pageSize: number, keep = asTheyAre) =>
  indexCensus({
    pages: await Promise.all(
      Array.from({ length: Math.ceil(subjects.length / pageSize) }, async (_, page) => ({
        items: await keep(subjects.slice(page * pageSize, (page + 1) * pageSize)),
        pageSize,
        fetchedAtMs: 0,
        bodyBytes: 0,
      })),
    ),
    oldestAtMs: 7,
  });

const keyOfSubject = ({ reference, rawType }: Subject): string => `${reference}/${rawType}`;
const keyOfScope = ({ components }: Scope): string =>
  [...new Set(components.map(({ field, uuid }) => `${field}=${uuid}`))].sort().join('&');

interface Assignment {
  readonly subject: string;
  readonly role: string;
  /** Undefined: everywhere. */
  readonly scope: string | undefined;
}

/** What a list says, read off one entry after the other. */
const assignmentsOf = (subjects: readonly Subject[]): Assignment[] => {
  const found = new Map<string, Assignment>();
  for (const subject of subjects) {
    for (const { name: role, scopes } of subject.roles) {
      for (const scope of scopes.length === 0 ? [undefined] : scopes.map(keyOfScope)) {
        const assignment = { subject: keyOfSubject(subject), role, scope };
        found.set(JSON.stringify(assignment), assignment);
      }
    }
  }
  return [...found.values()];
};

/** All of an order, looked at from its beginning or (-1) from its end. */
const inOrder = (order: Order, step: 1 | -1 = 1): number[] =>
  Array.from({ length: order.length }, (_, nth) => order.at(step === 1 ? nth : order.length - 1 - nth));

const distinct = <Value>(values: Iterable<Value>): Value[] => [...new Set(values)];

describe('a census', () => {
  it('tells of every subject, role and scope what the list says', async () => {
    await fc.assert(
      fc.asyncProperty(world(40), fc.integer({ min: 1, max: 9 }), async (subjects, pageSize) => {
        const census = await indexOf(subjects, pageSize);
        const assignments = assignmentsOf(subjects);
        const holders = (meets: (assignment: Assignment) => boolean): string[] =>
          distinct(assignments.filter(meets).map(({ subject }) => subject)).sort(compareTexts);
        const keysAt = (ranks: Int32Array): string[] =>
          [...ranks].map((rank) => keyOfSubject(census.subjects[rank] as Subject)).sort(compareTexts);

        expect(census.asOfMs).toBe(7);
        expect(census.assignmentCount).toBe(assignments.length);
        expect(census.globalAssignmentCount).toBe(assignments.filter(({ scope }) => scope === undefined).length);
        expect(census.subjects.map(keyOfSubject)).toEqual(distinct(subjects.map(keyOfSubject)).sort(compareTexts));
        census.subjects.forEach(({ reference, rawType }, rank) => {
          expect(census.rankOf(reference, rawType)).toBe(rank);
          expect(census.rankOf(`${reference}~`, rawType)).toBeLessThan(0);
        });
        const names = distinct(assignments.map(({ role }) => role)).sort(compareTexts);
        expect(census.roles).toEqual(
          names.map((name) => ({
            name,
            holderCount: holders(({ role }) => role === name).length,
            globalHolderCount: holders(({ role, scope }) => role === name && scope === undefined).length,
            scopeCount: distinct(
              assignments.filter(({ role, scope }) => role === name && scope !== undefined).map(({ scope }) => scope),
            ).length,
          })),
        );
        expect(keysAt(census.globalHolders())).toEqual(holders(({ scope }) => scope === undefined));
        const scopes = Array.from({ length: census.scopeCount }, (_, index) => census.scopeAt(index));
        expect(scopes.map(({ scope }) => keyOfScope(scope)).sort(compareTexts)).toEqual(
          distinct(assignments.flatMap(({ scope }) => (scope === undefined ? [] : [scope]))).sort(compareTexts),
        );
        const counts = census.countHolders(
          names,
          scopes.map((_, index) => index),
        );
        scopes.forEach(({ scope, holderCount, roleCount }, index) => {
          const key = keyOfScope(scope);
          const there = assignments.filter((assignment) => assignment.scope === key);
          expect(holderCount).toBe(distinct(there.map(({ subject }) => subject)).length);
          expect(roleCount).toBe(distinct(there.map(({ role }) => role)).length);
          expect(keysAt(census.holdersAt([index]))).toEqual(holders((assignment) => assignment.scope === key));
          names.forEach((name, row) => {
            const held = holders((assignment) => assignment.scope === key && assignment.role === name);
            expect(keysAt(census.holdersAt([index], name))).toEqual(held);
            expect(counts[row]?.[index]).toBe(held.length);
          });
          const naming = census.scopesNaming(scope.components).map((found) => keyOfScope(census.scopeAt(found).scope));
          const parts = key.split('&');
          expect(naming.sort(compareTexts)).toEqual(
            scopes
              .map((other) => keyOfScope(other.scope))
              .filter((other) => (key === '' ? other === '' : parts.every((part) => other.split('&').includes(part))))
              .sort(compareTexts),
          );
        });
        for (const { name, globalHolderCount, scopeCount } of census.roles) {
          expect(census.globalHolders(name)).toHaveLength(globalHolderCount);
          const { scopes: places, holderCounts } = census.scopesOf(name);
          expect(places).toHaveLength(scopeCount);
          expect([...holderCounts]).toEqual([...places].map((place) => census.holdersAt([place], name).length));
          expect([...holderCounts]).toEqual([...holderCounts].toSorted((one, other) => other - one));
        }
        const byMostHolders = inOrder(census.scopesByHolders('DESC'));
        const byHolders = byMostHolders.map((index) => census.scopeAt(index).holderCount);
        expect(byHolders).toEqual(byHolders.toSorted((one, other) => other - one));
        expect(inOrder(census.scopesByHolders('ASC'))).toEqual(
          Array.from({ length: census.scopeCount }, (_, index) => index).toSorted(
            (one, other) => census.scopeAt(one).holderCount - census.scopeAt(other).holderCount,
          ),
        );
        const everybody = Int32Array.from(census.subjects.keys());
        for (const type of subjectTypes) {
          expect([...census.ofType(everybody, type)]).toEqual(
            [...everybody].filter((rank) => census.subjects[rank]?.type === type),
          );
        }
        expect(census.subjectTypes.reduce((sum, { count }) => sum + count, 0)).toBe(census.subjects.length);
        expect(census.scopeKinds.reduce((sum, { count }) => sum + count, 0)).toBe(census.scopeCount);
        for (const { kind, count } of census.scopeKinds) {
          const { start, end } = census.scopesOfKind(kind);
          expect(end - start).toBe(count);
          const ofKind = byMostHolders.filter((index) => census.scopeAt(index).scope.kind === kind);
          expect(inOrder(census.scopesByHolders('DESC', kind))).toEqual(ofKind);
          // Also where somebody looks further back first.
          expect(inOrder(census.scopesByHolders('DESC', kind), -1)).toEqual(ofKind.toReversed());
          for (let index = start; index < end; index++) expect(census.scopeAt(index).scope.kind).toBe(kind);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the same made of compact pages', async () => {
    await fc.assert(
      fc.asyncProperty(world(40), fc.integer({ min: 1, max: 9 }), async (subjects, pageSize) => {
        const census = await indexOf(subjects, pageSize);
        const compact = await indexOf(subjects, pageSize, compactSubjects);
        expect(compact.roles).toEqual(census.roles);
        expect(compact.subjects.map(keyOfSubject)).toEqual(census.subjects.map(keyOfSubject));
        expect(compact.assignmentCount).toBe(census.assignmentCount);
        for (let index = 0; index < census.scopeCount; index++) {
          const [one, other] = [compact.scopeAt(index), census.scopeAt(index)];
          expect({ ...one, scope: keyOfScope(one.scope) }).toEqual({ ...other, scope: keyOfScope(other.scope) });
          expect(compact.holdersAt([index])).toEqual(census.holdersAt([index]));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives a subject that comes twice the roles of both entries', async () => {
    const [one] = fc.sample(world(1), { numRuns: 50, seed: 1 }).find(([subject]) => subject?.roles.length === 2) ?? [];
    if (one === undefined) throw new Error('the seed gives no such subject');
    const census = await indexOf([one, one], 1);
    expect(census.subjects).toHaveLength(1);
    expect(census.subjects[0]?.roles.map(({ name }) => name)).toEqual(
      [...one.roles, ...one.roles].map(({ name }) => name),
    );
    expect(census.assignmentCount).toBe(assignmentsOf([one]).length);
  });
});
