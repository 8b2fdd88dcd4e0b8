import { describe, expect, it } from 'vitest';
import { createWalk } from '../../../src/assignments/list/walk.ts';
import { GatewayError } from '../../../src/model/errors.ts';
import type { PageToken } from '../../../src/model/page.ts';
import type { SubjectPage, SubjectPageRequest, SubjectPageSource } from '../../../src/model/subject-list.ts';
import { subjectsUpTo } from '../../pages/array-source.ts';
import { createOperation, plainQuestion } from '../../pages/operations.ts';

const token = (name: string) => name as PageToken;
const pageOf = (count: number, next?: string): SubjectPage => ({
  items: subjectsUpTo(count),
  pageSize: 10,
  fetchedAtMs: 0,
  bodyBytes: 0,
  requestId: 'r-1',
  ...(next !== undefined && { nextPageToken: token(next) }),
});

/** Pages by the token that fetches them; '' is the first. */
const open = (pages: Record<string, SubjectPage | Error>, start?: { pageToken: PageToken; ordinal: number }) => {
  const requests: SubjectPageRequest[] = [];
  const source: SubjectPageSource = {
    async fetchPage(request) {
      requests.push(request);
      const page = pages[request.pageToken ?? ''];
      if (page === undefined || page instanceof Error) throw page ?? new Error('no such page');
      return page;
    },
  };
  const walk = createWalk(source, createOperation(), plainQuestion, start ?? { pageToken: undefined, ordinal: 0 });
  return { walk, requests, pages };
};

describe('a walk', () => {
  it('goes from page to page, through short and empty ones, and says where each lies', async () => {
    const { walk, requests } = open({ '': pageOf(10, 'a'), a: pageOf(0, 'b'), b: pageOf(3, 'c'), c: pageOf(0) });
    const seen = [];
    for (let view = await walk.next(10); view !== undefined; view = await walk.next(10)) {
      seen.push([view.pageToken, view.ordinal, view.page.items.length]);
    }
    expect(seen).toEqual([
      [undefined, 0, 10],
      ['a', 10, 0],
      ['b', 10, 3],
      ['c', 13, 0],
    ]);
    expect(await walk.next(10)).toBe(undefined);
    expect(requests).toHaveLength(4);
  });

  it('goes on from where it is told to, with the page sizes that it is told', async () => {
    const { walk, requests } = open({ m: pageOf(2, 'n'), n: pageOf(1) }, { pageToken: token('m'), ordinal: 70 });
    expect((await walk.next(2))?.ordinal).toBe(70);
    expect((await walk.next(1000))?.ordinal).toBe(72);
    expect(requests).toEqual([
      { question: plainQuestion, pageToken: 'm', pageSize: 2 },
      { question: plainQuestion, pageToken: 'n', pageSize: 1000 },
    ]);
  });

  it.each<[string, Record<string, SubjectPage>, number]>([
    ['names itself', { '': pageOf(1, 'a'), a: pageOf(1, 'a') }, 1],
    ['names an earlier page', { '': pageOf(1, 'a'), a: pageOf(0, 'b'), b: pageOf(1, 'a') }, 2],
  ])('ends with an error where a page %s as its successor', async (_, pages, good) => {
    const { walk, requests } = open(pages);
    for (let step = 0; step < good; step++) await walk.next(10);
    await expect(walk.next(10)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE', requestId: 'r-1' });
    expect(requests).toHaveLength(good + 1);
  });

  it('ends with an error where the page that it starts from names itself', async () => {
    const { walk } = open({ a: pageOf(1, 'a') }, { pageToken: token('a'), ordinal: 0 });
    await expect(walk.next(10)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' });
  });

  it('takes a step again after it failed', async () => {
    const { walk, pages } = open({ '': pageOf(1, 'a'), a: new GatewayError('UPSTREAM_TIMEOUT', 'late') });
    await walk.next(10);
    await expect(walk.next(10)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    pages['a'] = pageOf(2);
    expect(await walk.next(10)).toMatchObject({ pageToken: 'a', ordinal: 1 });
  });
});
