import { expect, it } from 'vitest';
import { createPages } from '../../src/pages/create-pages.ts';
import { openSubjects } from '../../src/pages/subjects/subjects.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createArraySource, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage, plainQuestion } from './operations.ts';

const open = ({ ttlMs = 30_000, maxBytes = 2 ** 20 } = {}) => {
  const clock = createManualClock();
  const source = createArraySource({ subjects: subjectsUpTo(5), clock });
  const pages = createPages({ clock, random: systemRandom, maxBytes });
  return { source, clock, pages, subjects: openSubjects(pages, source, ttlMs) };
};

it('keeps pages, says how many, and lets go of them', async () => {
  const { source, clock, pages, subjects } = open();
  for (let asked = 0; asked < 2; asked++) await subjects.source.fetchPage(listPage(), createOperation());
  expect(source.transcript).toHaveLength(1);
  expect(subjects.known).toBeDefined();
  expect(subjects.readAhead).toBe(true);
  expect(pages.state()).toMatchObject({ pages: 1 });
  expect(pages.state().bytes).toBeGreaterThan(1000);
  pages.close();
  expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
  expect(clock.waiting).toBe(0);
});

it.each([{ ttlMs: 0 }, { maxBytes: 0 }])(
  'keeps nothing with %j, and still makes equal calls in flight one',
  async (options) => {
    const { source, clock, pages, subjects } = open(options);
    const ask = () => subjects.source.fetchPage(listPage(), createOperation());
    await Promise.all([ask(), ask()]);
    expect(source.transcript).toHaveLength(1);
    await ask();
    expect(source.transcript).toHaveLength(2);
    expect(subjects.known).toBeUndefined();
    expect(subjects.readAhead).toBe(false);
    expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
    pages.close();
    expect(clock.waiting).toBe(0);
  },
);

it('holds several lists in one memory, each with its own lifetime, and counts the changes of a credential over all of them', async () => {
  const { clock, pages, subjects, source } = open();
  const other = openSubjects(pages, createArraySource({ subjects: subjectsUpTo(3), clock }), 600_000);
  await subjects.source.fetchPage(listPage(), createOperation());
  const before = pages.freshness?.versionOf('alice');
  await other.source.fetchPage(listPage(), createOperation());
  expect(pages.freshness?.versionOf('alice')).not.toBe(before);
  expect(pages.freshness?.versionOf('eve')).toBe(0);
  expect(pages.state().pages).toBe(2);
  clock.advance(60_000);
  expect(subjects.known?.walkOf(plainQuestion, createOperation()).isWhole).toBe(false);
  expect(other.known?.walkOf(plainQuestion, createOperation()).itemCount).toBe(3);
  expect(pages.state().pages).toBe(1);
  expect(source.transcript).toHaveLength(1);
});

it('tells an operation until when everything that it used is fresh, each by its own lifetime', async () => {
  const { clock, pages, subjects } = open();
  const other = openSubjects(pages, createArraySource({ subjects: subjectsUpTo(3), clock }), 10_000);
  const startMs = clock.nowMs();
  await subjects.source.fetchPage(listPage(), createOperation());
  clock.advance(5000);
  await other.source.fetchPage(listPage(), createOperation());
  const operation = createOperation();
  await other.source.fetchPage(listPage(), operation);
  expect(operation.report.freshUntilMs).toBe(startMs + 15_000);
  await subjects.source.fetchPage(listPage(), operation);
  expect(operation.report).toMatchObject({ oldestPageAtMs: startMs, freshUntilMs: startMs + 15_000 });
});
