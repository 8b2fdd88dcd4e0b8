import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexCensus } from '../../src/access/census/index-census.ts';
import { componentsKey } from '../../src/access/census/scope-keys.ts';
import { findInSubject } from '../../src/access/find-in-subject.ts';
import { noDoubts } from '../../src/access/finding-doubts.ts';
import { type Finding, findingKinds, severities, severityOf } from '../../src/access/finding-kinds.ts';
import { findingsInBlocks } from '../../src/access/findings-in-blocks.ts';
import { createScope, createSubject, type Scope, type Subject } from '../../src/model/subject.ts';
import { compactSubjects } from '../../src/pages/subjects/compact.ts';

const fields = ['tenantUuid', 'mspUuid', 'siteUuid', 'planetUuid'] as const;
const kindOf = { tenantUuid: 'TENANT', mspUuid: 'MSP', siteUuid: 'SITE', planetUuid: 'UNKNOWN' } as const;

/** One or two components, in any order: the same scope can be written in two ways. */
const scope: fc.Arbitrary<Scope> = fc
  .array(fc.tuple(fc.constantFrom(...fields), fc.constantFrom('a', 'b')), { maxLength: 2 })
  .map((parts) => createScope(parts.map(([field, uuid]) => ({ kind: kindOf[field], field, uuid }))));

const subject: fc.Arbitrary<Subject> = fc
  .tuple(
    fc.integer({ min: 0, max: 120 }),
    fc.constantFrom('SUBJECT_TYPE_USER', 'SUBJECT_TYPE_DEVICE', 'SUBJECT_TYPE_ROBOT'),
    fc.array(fc.record({ name: fc.constantFrom('admin', 'viewer'), scopes: fc.array(scope, { maxLength: 5 }) }), {
      maxLength: 3,
    }),
  )
  .map(([reference, rawType, roles]) => createSubject(`subject ${reference}`, rawType, roles));

const told = ({ kind, severity, subject: { reference, rawType }, scopedRole, scope: at }: Finding) => ({
  kind,
  severity,
  reference,
  rawType,
  role: scopedRole && `${scopedRole.name} ${scopedRole.ordinal}`,
  at: at && `${at.kind} ${componentsKey(at)}`,
});

describe('findings that follow from a census alone', () => {
  it('are those of a look at every subject, found by their places in any order', async () => {
    const lists = fc.array(subject, { maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(lists, fc.integer({ min: 1, max: 60 }), fc.boolean(), async (listed, pageSize, isCompact) => {
        const pages = await Promise.all(
          Array.from({ length: Math.ceil(listed.length / pageSize) }, async (_, page) => {
            const items = listed.slice(page * pageSize, (page + 1) * pageSize);
            return { items: isCompact ? await compactSubjects(items) : items, pageSize, fetchedAtMs: 0, bodyBytes: 0 };
          }),
        );
        const census = await indexCensus({ pages, oldestAtMs: 0 });
        for (const kind of ['GLOBAL_GRANT', 'BROAD_GRANT', 'WITHOUT_ROLES', 'UNKNOWN_KIND'] as const) {
          for (const severity of severities) {
            const expected = census.subjects
              .filter(({ type }) => severityOf(kind, type) === severity)
              .flatMap((each) =>
                findInSubject(each, new Set(findingKinds), noDoubts)
                  .found.filter((found) => found.kind === kind)
                  .map(({ scopedRole, scope: at }) => told({ kind, severity, subject: each, scopedRole, scope: at })),
              );
            const found = findingsInBlocks(census, kind, severity);
            expect(found?.length ?? 0).toBe(expected.length);
            // From the last to the first, and each second one: none depends on what was looked at before.
            for (let index = expected.length - 1; index >= 0; index -= 2) {
              expect(found && told(found.at(index))).toEqual(expected[index]);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are found of a subject that has more of them than a call takes arguments', async () => {
    const scopes = Array.from({ length: 200_000 }, (_, index) =>
      createScope([{ kind: 'MSP', field: 'mspUuid', uuid: String(index).padStart(6, '0') }]),
    );
    const items = [createSubject('ann', 'SUBJECT_TYPE_USER', [{ name: 'admin', scopes }])];
    const census = await indexCensus({ pages: [{ items, pageSize: 1, fetchedAtMs: 0, bodyBytes: 0 }], oldestAtMs: 0 });
    const found = findingsInBlocks(census, 'BROAD_GRANT', 'MEDIUM');
    expect([found?.length, found?.at(199_999).scope?.uuid]).toEqual([200_000, '199999']);
  });

  it('are none of a kind that only the directory tells', async () => {
    const census = await indexCensus({ pages: [], oldestAtMs: 0 });
    expect(findingsInBlocks(census, 'MISSING_SUBJECT', 'MEDIUM')).toBeUndefined();
    expect(() => findingsInBlocks(census, 'GLOBAL_GRANT', 'HIGH')?.at(0)).toThrow(RangeError);
  });
});
