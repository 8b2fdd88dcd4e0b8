import { expect, it } from 'vitest';
import type { PageToken } from '../../src/model/page.ts';
import type { SubjectPage } from '../../src/model/subject-list.ts';
import { createScope, createSubject } from '../../src/model/subject.ts';
import { decodePage, encodePage } from '../../src/pages/codec.ts';
import { subjectList } from '../../src/pages/subjects/subjects.ts';
import { listRoleAssignments } from '../../src/upstream/endpoints/role-assignments.ts';

const page = (of: Partial<SubjectPage>): SubjectPage => ({
  items: [],
  pageSize: 50,
  fetchedAtMs: 1_700_000_000_000,
  bodyBytes: 7,
  ...of,
});

it.each([
  ['an empty last page', page({})],
  ['all that a page can say', page({ nextPageToken: 'token' as PageToken, totalSize: 2 ** 40, requestId: 'request' })],
  [
    'subjects, roles and scopes of every kind',
    page({
      items: [
        createSubject('one', 'SUBJECT_TYPE_USER', [
          { name: 'admin', scopes: [] },
          { name: 'admin', scopes: [createScope([])] },
          {
            name: 'auditor',
            scopes: [
              createScope([
                { kind: 'TENANT', field: 'tenantUuid', uuid: 't' },
                { kind: 'DEVICE', field: 'deviceUuid', uuid: 'd' },
                { kind: 'UNKNOWN', field: '7', uuid: 'planet' },
              ]),
            ],
          },
        ]),
        createSubject('zwei ü 🙂', 'SUBJECT_TYPE_ROBOT', []),
      ],
    }),
  ],
])('reads back %s', async (_, written) => {
  expect(await decodePage(await encodePage(written, subjectList), subjectList)).toEqual(written);
});

it('reads back what upstream sent, each scope once', async () => {
  const scopes = [{ customerUuid: 'c' }];
  const { items: subjects } = await listRoleAssignments.read({
    assignments: ['a', 'b'].map((subjectReference) => ({
      subjectReference,
      subjectType: 'SUBJECT_TYPE_USER',
      roles: [{ roleName: 'admin', scopes }, { roleName: 'auditor', scopes }, { roleName: 'admin' }],
    })),
  });
  const read = await decodePage(await encodePage(page({ items: subjects }), subjectList), subjectList);
  expect(read.items).toEqual(subjects);
  const listed = read.items.flatMap(({ roles }) => roles.flatMap((role) => role.scopes));
  expect(new Set(listed).size).toBe(1);
  for (const subject of read.items) expect(subject.roles.every((role) => role.subject === subject)).toBe(true);
});

it('refuses what is no page', async () => {
  await expect(decodePage(Buffer.from('{}'), subjectList)).rejects.toThrow();
});
