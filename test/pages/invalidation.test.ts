import { beforeEach, describe, expect, it } from 'vitest';
import { createPages, type Pages } from '../../src/pages/create-pages.ts';
import { type OpenSubjects, openSubjects } from '../../src/pages/subjects/subjects.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { type ArraySource, createArraySource, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage, lookupPage, plainQuestion } from './operations.ts';

let clock: ManualClock;
let source: ArraySource;
let pages: Pages;
let subjects: OpenSubjects;

const open = (maxBytes: number) => {
  clock = createManualClock();
  source = createArraySource({ subjects: subjectsUpTo(5), clock });
  pages = createPages({ clock, random: systemRandom, maxBytes });
  subjects = openSubjects(pages, source, 30_000);
};

const ask = async (operation = createOperation(), request = listPage()) =>
  (await subjects.source.fetchPage(request, operation)).items.length;

describe.each([
  ['with a cache', 2 ** 26],
  ['without', 0],
])('a change, %s', (_, maxBytes) => {
  beforeEach(() => open(maxBytes));

  it('makes whoever asks next ask upstream', async () => {
    await ask();
    source.subjects = subjectsUpTo(3);
    await pages.invalidate('alice');
    expect(await ask()).toBe(3);
  });

  it('lets nobody who asks after it join a call that was made before it', async () => {
    const release = source.hold();
    const before = ask();
    const promise = pages.invalidate('alice');
    const after = ask();
    release();
    await Promise.all([before, after, promise]);
    expect(source.transcript).toHaveLength(2);
  });

  it('makes an operation that remembers what it has read read it anew', async () => {
    const operation = createOperation({ bypassCache: true });
    const own = subjects.remember(operation);
    const read = async () => (await own.fetchPage(listPage(), operation)).items.length;
    expect([await read(), await read()]).toEqual([5, 5]);
    source.subjects = subjectsUpTo(3);
    await pages.invalidate('alice');
    expect([await read(), await read()]).toEqual([3, 3]);
    expect(source.transcript).toHaveLength(2);
  });
});

describe('a change', () => {
  beforeEach(() => open(2 ** 26));

  it('drops what is kept of its credential at once, in all lists, and nothing of others', async () => {
    const other = openSubjects(pages, createArraySource({ subjects: subjectsUpTo(2), clock }), 600_000);
    await ask();
    await ask(createOperation(), { ...listPage(), question: { includeNestedScopes: true } });
    await ask(createOperation(), lookupPage('reference-9'));
    await other.source.fetchPage(listPage(), createOperation());
    await ask(createOperation({ credentialKey: 'eve' }));
    void pages.invalidate('alice');
    expect(pages.state().pages).toBe(1);
    expect(subjects.known?.walkOf(plainQuestion, createOperation()).pages).toEqual([]);
    expect(subjects.known?.walkOf(plainQuestion, createOperation({ credentialKey: 'eve' })).isWhole).toBe(true);
  });

  it('is not undone by a call that was made before it: what that brings answers only those who wait for it', async () => {
    const release = source.hold();
    const before = ask();
    await pages.invalidate('alice');
    release();
    expect(await before).toBe(5);
    expect(pages.state().pages).toBe(0);
    await ask();
    expect(source.transcript).toHaveLength(2);
    expect(pages.state().pages).toBe(1);
  });

  it('is seen in the stamp of its credential, although nothing of it is kept', async () => {
    const before = [pages.freshness?.versionOf('alice'), pages.freshness?.versionOf('eve')];
    await pages.invalidate('alice');
    expect(pages.freshness?.versionOf('alice')).not.toBe(before[0]);
    expect(pages.freshness?.versionOf('eve')).toBe(before[1]);
  });
});
