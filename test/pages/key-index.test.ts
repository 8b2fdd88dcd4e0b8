import { describe, expect, it } from 'vitest';
import { pause } from '../../src/platform/pause.ts';
import { KeptList, type KeptPage } from '../../src/pages/kept-list.ts';
import { KeyIndex } from '../../src/pages/key-index.ts';

interface Item {
  readonly key: string;
  readonly page: number;
}

const itemsOfPage = 1000;
const list = new KeptList<string, Item>('all');

const pageOf = (page: number, items: readonly Item[]): KeptPage<string, Item> => ({
  page: { items, pageSize: itemsOfPage, fetchedAtMs: 0, bodyBytes: 0 },
  list,
  pageToken: undefined,
  credentialKey: 'somebody',
  sizeBytes: page,
  expiresAtMs: 0,
  dropped: () => {},
});

const keyAt = (page: number, at: number): string => `key ${page}/${at}`;

/** Far more than are read in one go. */
const manyPages = () =>
  Array.from({ length: 40 }, (_, page) =>
    pageOf(
      page,
      Array.from({ length: itemsOfPage }, (__, at) => ({ key: keyAt(page, at), page })),
    ),
  );

const indexOf = (pages: readonly KeptPage<string, Item>[]) => {
  // How often it looked at an item.
  const counts = { looks: 0 };
  const index = new KeyIndex<string, Item>({ keyOf: ({ key }) => (counts.looks++, key) });
  for (const page of pages) index.add(page);
  return { index, counts };
};

const pagesOf = (index: KeyIndex<string, Item>, key: string) => index.find(key).map(({ item }) => item.page);

describe('an index of many pages', () => {
  it('finds what any of them lists, before and after it has read them', async () => {
    const { index, counts } = indexOf([...manyPages(), pageOf(40, [{ key: keyAt(0, 0), page: 40 }])]);
    const found = () => [pagesOf(index, keyAt(0, 0)), pagesOf(index, keyAt(39, 999)), pagesOf(index, 'none')];
    expect(found()).toEqual([[0, 40], [39], []]);
    for (let turn = 0; turn < 25; turn++) await pause();
    counts.looks = 0;
    expect(found()).toEqual([[0, 40], [39], []]);
    expect(counts.looks).toBe(0);
  });

  it('looks at no more items than it reads in one go, whoever waits for the first answer', () => {
    const { index, counts } = indexOf(manyPages());
    counts.looks = 0;
    expect(pagesOf(index, keyAt(39, 999))).toEqual([39]);
    expect(counts.looks).toBeLessThanOrEqual(2001);
  });

  it('lets go of a page that it has read, and of one that it has not', async () => {
    const pages = manyPages();
    const { index } = indexOf(pages);
    index.find('none');
    for (const page of [0, 39]) index.remove(pages[page] as KeptPage<string, Item>);
    expect([pagesOf(index, keyAt(0, 1)), pagesOf(index, keyAt(39, 1))]).toEqual([[], []]);
    for (let turn = 0; turn < 25; turn++) await pause();
    expect([pagesOf(index, keyAt(0, 1)), pagesOf(index, keyAt(39, 1)), pagesOf(index, keyAt(38, 1))]).toEqual([
      [],
      [],
      [38],
    ]);
  });

  it('keeps apart large pages and small ones that come and go', async () => {
    const large = pageOf(
      50,
      Array.from({ length: 5000 }, (_, at) => ({ key: keyAt(50, at), page: 50 })),
    );
    const small = (page: number) => pageOf(page, [{ key: 'small', page }]);
    const empty = pageOf(60, []);
    const { index } = indexOf([small(1), large, empty, small(2)]);
    index.find('none');
    for (let turn = 0; turn < 5; turn++) await pause();
    expect([pagesOf(index, 'small'), pagesOf(index, keyAt(50, 4999))]).toEqual([[1, 2], [50]]);
    index.remove(empty);
    index.remove(large);
    const later = [small(3), small(4), pageOf(51, [{ key: keyAt(50, 4999), page: 51 }])];
    for (const page of later) index.add(page);
    expect([pagesOf(index, 'small'), pagesOf(index, keyAt(50, 4999)), pagesOf(index, keyAt(50, 0))]).toEqual([
      [1, 2, 3, 4],
      [51],
      [],
    ]);
    for (const page of later) index.remove(page);
    expect([pagesOf(index, 'small'), pagesOf(index, keyAt(50, 4999))]).toEqual([[1, 2], []]);
  });

  it('notes at once where a page that it has not read lists twice what was asked for', () => {
    const twice = { key: 'twice', page: 40 };
    const { index } = indexOf([...manyPages(), pageOf(40, [twice, twice])]);
    index.find(keyAt(0, 0));
    expect(index.hasRepeats).toBe(false);
    expect(index.find('twice')).toHaveLength(2);
    expect(index.hasRepeats).toBe(true);
  });
});
