import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import { customer } from './pages.ts';
import { signIn } from './running-console.ts';
import { useConsole } from './use-console.ts';

const subjects = 10_000;
/** For what is drawn a little later, on a machine that others use too. */
const patience = { timeout: 15_000 };

describe.skipIf(isBrowserMissing)(`the lists of the console${browserNote}`, () => {
  const used = useConsole({ sandbox: { subjects } });

  it('scrolls through 10,000 subjects to the last one, with no more in the page than at the start', async () => {
    const { page } = await used.openPage();
    await signIn(page, used.gateway.url, '/subjects');
    await page.getByText('10,000 subjects').waitFor();
    await page.getByRole('table', { name: 'Subjects' }).waitFor();
    const meter = await createMeter(page);
    await scrollToRow(page, 1000);
    const early = await meter();
    await scrollToRow(page, subjects);
    await page.getByText('Loading more').waitFor({ state: 'detached' });
    const late = await meter();
    expect(late.rows).toBeLessThanOrEqual(early.rows + 5);
    expect(late.rows).toBeLessThan(60);
    expect(late.nodes).toBeLessThan(early.nodes * 1.3);
    // Relay keeps what was read: names, roles and places. Nothing else grows with the list.
    expect((late.heapBytes - early.heapBytes) / (subjects - 1000)).toBeLessThan(12_000);
    expect(await page.getByRole('table', { name: 'Subjects' }).getAttribute('aria-rowcount')).toBe(
      String(subjects + 1),
    );
    // What has been read costs nothing more, however often one goes through it.
    await page.evaluate(() => scrollTo(0, 0));
    await page.locator('tr[data-index="0"]').waitFor();
    await scrollToRow(page, subjects);
    const again = await meter();
    expect(again.rows).toBeLessThan(60);
    expect(again.heapBytes).toBeLessThan(late.heapBytes * 1.1);
    expect(again.nodes).toBeLessThan(early.nodes * 1.3);
    await page.close();
  }, 120_000);

  it('sorts by a heading, shows the same list at a copied address, and comes back to it', async () => {
    const { page } = await used.openPage();
    await signIn(page, used.gateway.url, '/subjects?type=USER');
    const table = page.getByRole('table', { name: 'Subjects' });
    await table.waitFor();
    const whoHeading = page.getByRole('columnheader', { name: 'Who' });
    await whoHeading.getByRole('button').click();
    await expect.poll(() => whoHeading.getAttribute('aria-sort'), patience).toBe('ascending');
    const ascending = await referencesIn(page);
    expect(ascending).toEqual(ascending.toSorted());
    await whoHeading.getByRole('button').click();
    await expect.poll(() => whoHeading.getAttribute('aria-sort'), patience).toBe('descending');
    const descending = await referencesIn(page);
    expect(descending).toEqual(descending.toSorted().toReversed());
    expect(descending[0]).not.toBe(ascending[0]);

    const address = page.url();
    expect(new URL(address).searchParams.get('sort')).toBe('reference:desc');
    const { page: fresh } = await used.openPage();
    await fresh.goto(address);
    await fresh.getByRole('button', { name: /^Sign in as administrator@/ }).click();
    await fresh.getByRole('table', { name: 'Subjects' }).waitFor();
    expect(await referencesIn(fresh)).toEqual(descending);
    await fresh.close();
    await table.getByRole('link').first().click();
    await page.getByRole('tab', { name: 'Access' }).click();
    await page.getByText('grants reach this subject').waitFor();
    await page.goBack();
    await table.waitFor();
    expect(page.url()).toBe(address);
    expect(await referencesIn(page)).toEqual(descending);
    await page.close();
  });

  it('shows a colleague who is sent an address what it showed: filters, sorting, tabs and search', async () => {
    const { data } = await used.gateway.ask<{ scope: { id: string } }, object>(
      `{ scope(by: { customerUuid: "${customer}" }) { id } }`,
    );
    const { page } = await used.openPage();
    await signIn(page, used.gateway.url, '/roles');
    const { page: colleague } = await used.openPage();
    await signIn(colleague, used.gateway.url, '/check');
    await colleague.getByText('Choose who').waitFor();
    const table = page.getByRole('table').first();

    const steps: readonly (readonly [path: string, use: () => Promise<void>, search: string])[] = [
      [
        '/roles',
        async () => {
          await page.getByLabel('Name contains').fill('viewer');
          await page.getByText(/^\d roles$/).waitFor();
          await page.getByRole('columnheader', { name: 'Role' }).getByRole('button').click();
          await expect.poll(() => page.url(), patience).toContain('sort=');
        },
        '?name=viewer&sort=name%3Adesc',
      ],
      ['/roles/auditor', () => page.getByRole('tab', { name: 'Where it is held' }).click(), '?tab=places'],
      [`/scopes/${data?.scope.id}`, () => page.getByText('everywhere', { exact: true }).first().click(), '?way=GLOBAL'],
      ['/findings', () => page.getByText('high', { exact: true }).first().click(), '?severity=HIGH'],
      [
        '/matrix',
        async () => {
          await page.getByRole('combobox', { name: 'Kinds of scope' }).click();
          await page.getByRole('option', { name: 'MSP', exact: true }).click();
          await page.getByRole('option', { name: 'site', exact: true }).click();
        },
        '?kind=MSP%2CSITE',
      ],
    ];
    for (const [path, use, search] of steps) {
      await page.goto(`${used.gateway.url}${path}`);
      await table.waitFor();
      await use();
      await expect.poll(() => new URL(page.url()).search, patience).toBe(search);
      await page.waitForLoadState('networkidle');
      await table.waitFor();
      await colleague.goto(page.url());
      await colleague.getByRole('table').first().waitFor();
      await colleague.waitForLoadState('networkidle');
      expect(await tableText(colleague), path).toBe(await tableText(page));
    }
    await colleague.close();
    await page.close();
  });

  it('saves a list as csv, with just the assignments that the graph has, each once', async () => {
    const { page } = await used.openPage();
    await signIn(page, used.gateway.url, '/subjects?type=USER&role=auditor');
    await page.getByRole('table', { name: 'Subjects' }).waitFor();
    const granted = await saved(page);
    const { data } = await used.gateway.ask<{ subjects: { edges: readonly Edge[] } }, object>(`{
      subjects(first: 1000, filter: { type: USER, roleName: "auditor" }) { edges {
        node { reference displayName } roles { name isGlobal scopes(first: 1000) { nodes { kind uuid components { field uuid } } } } } } }`);
    // By all that tells assignments apart: a row names the narrowest component of a scope, and upstream lists some assignments twice.
    const rows = new Map<string, string>();
    for (const { node, roles } of data?.subjects.edges ?? []) {
      for (const { name, isGlobal, scopes } of roles) {
        for (const scope of isGlobal ? [undefined] : scopes.nodes) {
          const row = [node.reference, name, String(isGlobal), scope?.kind ?? '', scope?.uuid ?? ''].join(' ');
          rows.set(
            row +
              (scope?.components ?? [])
                .map(({ field, uuid }) => field + uuid)
                .sort()
                .join(),
            row,
          );
        }
      }
    }
    const expected = [...rows.values()];
    expect(expected.length).toBeGreaterThan(50);
    expect(
      granted.rows
        .map((row) =>
          [row['subject_reference'], row['role'], row['everywhere'], row['scope_kind'], row['scope_uuid']].join(' '),
        )
        .sort(),
    ).toEqual(expected.sort());
    expect(granted.name).toMatch(/^rolescope-.*\.csv$/);

    await page.goto(`${used.gateway.url}/findings?kind=GLOBAL_GRANT`);
    await page.getByRole('table', { name: 'Findings' }).waitFor();
    const findings = await saved(page);
    const { data: census } = await used.gateway.ask<{ census: { findings: { totalCount: number } } }, object>(
      `{ census { findings(first: 0, kinds: [GLOBAL_GRANT]) { totalCount } } }`,
    );
    expect(findings.rows.length).toBe(census?.census.findings.totalCount);
    expect(findings.rows.every((row) => row['everywhere'] === 'true' && row['subject_reference'] !== '')).toBe(true);
    await page.close();
  });
});

interface Scope {
  readonly kind: string;
  readonly uuid: string;
  readonly components: readonly { readonly field: string; readonly uuid: string }[];
}

interface Edge {
  readonly node: { readonly reference: string };
  readonly roles: readonly {
    readonly name: string;
    readonly isGlobal: boolean;
    readonly scopes: { readonly nodes: readonly Scope[] };
  }[];
}

/** Measures what the page holds, after garbage is collected. */
const createMeter = async (page: Page) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await session.send('HeapProfiler.enable');
  return async (): Promise<{ readonly rows: number; readonly nodes: number; readonly heapBytes: number }> => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    return {
      rows: await page.locator('tbody tr[data-index]').count(),
      nodes: await page.evaluate(() => document.querySelectorAll('*').length),
      heapBytes: metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN,
    };
  };
};

/** Scrolls down, as far as there is something to scroll to each time, until this row is drawn. */
const scrollToRow = (page: Page, row: number): Promise<void> =>
  page.evaluate(
    (index) =>
      new Promise<void>((resolve) => {
        const step = (): void => {
          if (
            [...document.querySelectorAll<HTMLElement>('tr[data-index]')].some(
              (drawn) => Number(drawn.dataset['index']) >= index,
            )
          )
            return resolve();
          scrollTo(0, document.documentElement.scrollHeight);
          requestAnimationFrame(step);
        };
        step();
      }),
    row - 1,
  );

/** The references that are shown, in their order. */
const referencesIn = async (page: Page): Promise<readonly string[]> => {
  await page.waitForLoadState('networkidle');
  const texts = await page.locator('tr[data-index] td:first-child').allInnerTexts();
  return texts.slice(0, 12).map((text) => /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/.exec(text)?.[0] ?? text);
};

const tableText = (page: Page): Promise<string> => page.getByRole('table').first().innerText();

/** Presses the button, and reads the file that is saved. */
const saved = async (
  page: Page,
): Promise<{ readonly name: string; readonly rows: readonly Readonly<Record<string, string>>[] }> => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export as CSV' }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  return {
    name: download.suggestedFilename(),
    rows: parse(text, { columns: true, bom: true, comment: '#' }) as Readonly<Record<string, string>>[],
  };
};
