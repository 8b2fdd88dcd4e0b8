import { describe, expect, it } from 'vitest';
import type { PageToken } from '../../../src/model/page.ts';
import type { SubjectPageRequest } from '../../../src/model/subject-list.ts';
import { listRoleAssignments } from '../../../src/upstream/endpoints/role-assignments.ts';

const pagePath = (page: SubjectPageRequest): string => listRoleAssignments.request(page).path;

const request = (
  question: Partial<SubjectPageRequest['question']> = {},
  rest: Partial<SubjectPageRequest> = {},
): SubjectPageRequest => ({
  question: { includeNestedScopes: false, ...question },
  pageSize: 50,
  ...rest,
});

describe('the path of a page', () => {
  it('leaves out what is not asked', () => {
    expect(pagePath(request())).toBe('/v2/role-assignments?pageSize=50');
  });

  it('writes every parameter, encoded, in one order', () => {
    const path = pagePath(
      request(
        {
          orderBy: 'subjectType desc,subjectReference',
          includeNestedScopes: true,
          subjectType: 'SUBJECT_TYPE_USER',
          subjectReference: 'a&b=c/ü?#',
        },
        { pageToken: 'x+y/z==' as PageToken, pageSize: 1000 },
      ),
    );
    const url = new URL(path, 'http://localhost');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      pageSize: '1000',
      subjectReference: 'a&b=c/ü?#',
      subjectType: 'SUBJECT_TYPE_USER',
      includeNestedScopes: 'true',
      orderBy: 'subjectType desc,subjectReference',
      pageToken: 'x+y/z==',
    });
    expect(url.hash).toBe('');
  });

  it.each([
    ['an empty reference, which would list everyone', request({ subjectReference: '' })],
    ['a reference that is too long', request({ subjectReference: 'x'.repeat(101) })],
    ['half a character', request({ subjectReference: '\ud800' })],
    ['an order that is too long', request({ orderBy: 'x'.repeat(101) })],
    ['a page token that is too long', request({}, { pageToken: 'x'.repeat(129) as PageToken })],
    ['an empty page token, which would be the first page', request({}, { pageToken: '' as PageToken })],
    ['a page of nothing', request({}, { pageSize: 0 })],
    ['a page that is too large', request({}, { pageSize: 1001 })],
    ['a page of half a subject', request({}, { pageSize: 0.5 })],
  ])('refuses %s', (_name, bad) => {
    expect(() => pagePath(bad)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  it('takes what is just short enough', () => {
    expect(
      pagePath(request({ subjectReference: 'x'.repeat(100) }, { pageToken: 'y'.repeat(128) as PageToken })),
    ).toContain('x'.repeat(100));
  });
});
