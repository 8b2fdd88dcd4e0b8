import { expect, it } from 'vitest';
import type { Page, PageToken } from '../../src/model/page.ts';
import { decodePage, encodePage } from '../../src/pages/codec.ts';
import { createPages } from '../../src/pages/create-pages.ts';
import { plainList } from '../../src/pages/paged-list.ts';
import { plainBytes } from '../../src/pages/sizes.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createOperation } from './operations.ts';

interface Group {
  readonly uuid: string;
  readonly parent: string | null;
}
interface Question {
  readonly tree: string;
}

const groups = plainList<Question, Group>({
  name: 'groups',
  keyOf: ({ uuid }) => uuid,
  questionKey: ({ tree }) => tree,
});

const page = (items: readonly Group[], nextPageToken?: string): Page<Group> => ({
  items,
  pageSize: 2,
  fetchedAtMs: 0,
  bodyBytes: 10,
  ...(nextPageToken !== undefined && { nextPageToken: nextPageToken as PageToken }),
});

it('is written and read as it is', async () => {
  const written = page([{ uuid: 'ü 🙂', parent: null }], 'next');
  expect(await decodePage(await encodePage(written, groups), groups)).toEqual(written);
});

it('finds items by key in kept pages of its group, and knows what is missing once it is whole', async () => {
  const clock = createManualClock();
  const pages = createPages({ clock, random: systemRandom, maxBytes: 2 ** 20 });
  const all = [page([{ uuid: 'a', parent: null }], '1'), page([{ uuid: 'b', parent: 'a' }])];
  const source = {
    fetchPage: async ({ pageToken }: { readonly pageToken?: PageToken }) => ({
      ...(all[Number(pageToken ?? 0)] as Page<Group>),
      fetchedAtMs: clock.nowMs(),
    }),
  };
  const { cache } = pages.open({ list: groups, source, ttlMs: 1000 });
  const question = { tree: 'one' };
  const ask = async (pageToken?: string) =>
    cache?.fetchPage(
      { question, pageSize: 2, ...(pageToken !== undefined && { pageToken: pageToken as PageToken }) },
      createOperation(),
    );
  const find = (key: string, tree = 'one') => cache?.itemsOf({ tree }, key, createOperation());
  await ask();
  expect(find('a')).toMatchObject({ items: [{ uuid: 'a' }], isWhole: false });
  expect(find('b')).toBeUndefined();
  await ask('1');
  expect(find('b')).toMatchObject({ items: [{ parent: 'a' }], isWhole: true });
  expect(find('c')).toMatchObject({ items: [], isWhole: true });
  expect(find('a', 'another')).toBeUndefined();
});

it('is sized by all that its items hold, in bytes of memory and not of text', () => {
  const item = { uuid: 'a uuid of some length', tags: ['a tag of some length'], isStatic: true, none: null };
  expect(plainBytes(item)).toBeGreaterThan(100);
  expect(plainBytes([item, item])).toBeGreaterThan(2 * plainBytes(item));
  expect(plainBytes('Zoë, who is long')).toBeLessThan(plainBytes('Ζωή, who is long'));
});
