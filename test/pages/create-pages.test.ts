import { expect, it } from 'vitest';
import { openPages, type OpenPagesOptions } from '../../src/pages/create-pages.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createArraySource, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage } from './operations.ts';

const open = (options: Partial<OpenPagesOptions> = {}) => {
  const clock = createManualClock();
  const source = createArraySource({ subjects: subjectsUpTo(5), clock });
  return { source, clock, pages: openPages({ source, clock, ttlMs: 30_000, maxBytes: 2 ** 20, ...options }) };
};

it('keeps pages, says how many, and lets go of them', async () => {
  const { source, clock, pages } = open();
  for (let asked = 0; asked < 2; asked++) await pages.source.fetchPage(listPage(), createOperation());
  expect(source.transcript).toHaveLength(1);
  expect(pages.known).toBeDefined();
  expect(pages.readAhead).toBe(true);
  expect(pages.state()).toMatchObject({ pages: 1 });
  expect(pages.state().bytes).toBeGreaterThan(1000);
  pages.close();
  expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
  expect(clock.waiting).toBe(0);
});

it.each([{ ttlMs: 0 }, { maxBytes: 0 }])(
  'keeps nothing with %j, and still makes equal calls in flight one',
  async (options) => {
    const { source, clock, pages } = open(options);
    const ask = () => pages.source.fetchPage(listPage(), createOperation());
    await Promise.all([ask(), ask()]);
    expect(source.transcript).toHaveLength(1);
    await ask();
    expect(source.transcript).toHaveLength(2);
    expect(pages.known).toBeUndefined();
    expect(pages.readAhead).toBe(false);
    expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
    pages.close();
    expect(clock.waiting).toBe(0);
  },
);

it('puts what replicas share behind what is kept here, and only where something is kept', async () => {
  const shared: string[] = [];
  const share: NonNullable<OpenPagesOptions['shared']>['sharePages'] = (source, ttlMs) => {
    shared.push(`for ${ttlMs} ms`);
    return { fetchPage: (request, operation) => (shared.push('asked'), source.fetchPage(request, operation)) };
  };
  const { pages } = open({ shared: { sharePages: share } });
  for (let asked = 0; asked < 2; asked++) await pages.source.fetchPage(listPage(), createOperation());
  expect(shared).toEqual(['for 30000 ms', 'asked']);
  open({ shared: { sharePages: share }, ttlMs: 0 });
  expect(shared).toHaveLength(2);
});
