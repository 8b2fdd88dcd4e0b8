import { expect, it } from 'vitest';
import type { Subject } from '../../src/model/subject.ts';
import type { SubjectPage } from '../../src/model/subject-list.ts';
import { pageBytes } from '../../src/pages/sizes.ts';
import { compactSubjects } from '../../src/pages/subjects/compact.ts';
import { subjectList } from '../../src/pages/subjects/subjects.ts';
import { listRoleAssignments } from '../../src/upstream/endpoints/role-assignments.ts';
import { heldBytes } from '../support/held-bytes.ts';

const uuid = (number: number): string => `${String(number).padStart(8, '0')}-aaaa-4bbb-8ccc-dddddddddddd`;

interface World {
  readonly roles: number;
  readonly scopes: number;
  readonly places: number;
  readonly fields: readonly string[];
}

const writeBody = (first: number, { roles, scopes, places, fields }: World): string =>
  JSON.stringify({
    assignments: Array.from({ length: 1000 }, (_, index) => ({
      subjectReference: uuid(first + index),
      subjectType: 'SUBJECT_TYPE_USER',
      roles: Array.from({ length: roles }, (_, role) => ({
        roleName: role === 0 ? 'admin' : uuid(role),
        scopes: Array.from({ length: scopes }, (_, scope) =>
          Object.fromEntries(fields.map((field) => [field, uuid(((first + index) * 13 + role * 7 + scope) % places)])),
        ),
      })),
    })),
    totalSize: '1000000',
  });

const worlds: [string, World][] = [
  ['many places', { roles: 3, scopes: 2, places: 1e6, fields: ['customerUuid'] }],
  ['few places', { roles: 3, scopes: 2, places: 50, fields: ['customerUuid'] }],
  ['composite scopes', { roles: 2, scopes: 3, places: 1e6, fields: ['customerUuid', 'siteUuid', 'planetUuid'] }],
  ['global roles', { roles: 4, scopes: 0, places: 1, fields: [] }],
  ['no roles', { roles: 0, scopes: 0, places: 1, fields: [] }],
];

const asRead = (items: readonly Subject[]): Promise<readonly Subject[]> => Promise.resolve(items);

it.each([
  ...worlds.map(([what, world]) => [what, world, asRead] as const),
  ...worlds.map(([what, world]) => [`${what}, compact,`, world, compactSubjects] as const),
])('estimates the memory of pages with %s within a fifth', async (_, world, kept) => {
  const bodies = Array.from({ length: 40 }, (_, page) => writeBody(page * 1000, world));
  // Once before, so that what the code itself takes when it first runs is not counted.
  await kept((await listRoleAssignments.read(JSON.parse(bodies[0] ?? ''))).items);
  const before = heldBytes();
  const pages: SubjectPage[] = [];
  for (const body of bodies) {
    const { items } = await listRoleAssignments.read(JSON.parse(body));
    pages.push({ items: await kept(items), pageSize: 1000, fetchedAtMs: 0, bodyBytes: body.length });
  }
  const held = heldBytes() - before;
  // Used once more, so that it is not among what was collected in between.
  expect(bodies).toHaveLength(40);
  // The estimate allows for the index too, which was not made here.
  const indexBytes = pages.length * (1000 * 100 + 1200);
  const estimate = pages.reduce((sum, page) => sum + pageBytes(page, subjectList), 0) - indexBytes;
  expect(estimate / held).toBeGreaterThan(0.8);
  expect(estimate / held).toBeLessThan(1.2);
});
