import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import { customer } from './pages.ts';
import { queryInGraphiql, signIn } from './running-console.ts';
import { useConsole } from './use-console.ts';

describe.skipIf(isBrowserMissing)(`narrowing lists at the console${browserNote}`, () => {
  const used = useConsole({ sandbox: { subjects: 200 } });
  const field = (page: Page, label: string) => page.locator('input').and(page.getByLabel(label, { exact: true }));

  it('lists the subjects with a role at a scope, with those that hold one everywhere where that is wished', async () => {
    const { gateway } = used;
    const { page } = await used.openPage();
    page.setDefaultTimeout(12_000);
    const counted = async (more: string): Promise<number> => {
      const { data } = await gateway.ask<{ subjects: { totalCount: number } }, object>(
        `{ subjects(first: 0, filter: { scopes: [{ customerUuid: "${customer}" }]${more} }) { totalCount } }`,
      );
      return data?.subjects.totalCount ?? 0;
    };
    const [there, everywhere] = [await counted(''), await counted(', includeGlobal: true')];
    expect(everywhere).toBeGreaterThan(there);
    await signIn(page, gateway.url, '/subjects');
    await page.getByText('200 subjects').waitFor();
    await field(page, 'Scope').fill(customer);
    await page
      .getByRole('option')
      .filter({ hasText: `customer ${customer}` })
      .first()
      .click();
    await page.getByText(`${there} subjects`, { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('scope')).toBe(`customerUuid:${customer}`);
    // Its state is the address, which changes after the click.
    await page.getByLabel('Or everywhere').click();
    await page.getByText(`${everywhere} subjects`, { exact: true }).waitFor();
    await page.reload();
    await page.getByText(`${everywhere} subjects`, { exact: true }).waitFor();
    await field(page, 'Scope').fill('');
    await page.getByText('200 subjects').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.close();
  });

  it('shows who has access at a scope below the ways in which they have it, and gives GraphiQL what the open tab asks', async () => {
    const inWay = (kind: string): string =>
      `access(first: 50, reasons: [${kind}]) { totalCount edges { reasons { memberOf { uuid } path { id } } } }`;
    const { data } = await used.gateway.ask<{ scope: Told }, object>(
      `{ scope(by: { customerUuid: "${customer}" }) { id
        direct: ${inWay('DIRECT')} inherited: ${inWay('INHERITED')} everywhere: ${inWay('GLOBAL')} } }`,
    );
    if (data === undefined) throw new Error('the sandbox has lost its example');
    const { scope } = data;
    const { page } = await used.openPage();
    page.setDefaultTimeout(12_000);
    await page.setViewportSize({ width: 1280, height: 4000 });
    await signIn(page, used.gateway.url, `/scopes/${scope.id}`);
    const table = page.getByRole('table', { name: 'Who has access here' });
    await table.locator('[data-section=DIRECT]').waitFor();
    // Paper has every line, also those out of sight.
    await page.emulateMedia({ media: 'print' });
    const { direct, inherited, everywhere } = scope;
    const groups = new Set(
      [direct, inherited, everywhere].flatMap(reasonsOf).flatMap(({ memberOf }) => memberOf?.uuid ?? []),
    );
    const above = new Set(
      reasonsOf(inherited).flatMap(({ memberOf, path }) => (memberOf === null ? (path[0]?.id ?? []) : [])),
    );
    expect(groups.size).toBeGreaterThan(0);
    expect(above.size).toBeGreaterThan(0);
    const sections = table.locator('[data-section]');
    expect(
      await sections.evaluateAll((headings) => headings.map((heading) => heading.getAttribute('data-section'))),
    ).toEqual(['DIRECT', ...[...above].map(() => 'INHERITED'), 'GLOBAL', ...[...groups].map(() => 'GROUP')]);
    const own = direct.edges.filter(({ reasons }) => reasons.some(({ memberOf }) => memberOf === null));
    expect(await sections.first().innerText()).toMatch(new RegExp(`^Direct\\s+${own.length}$`));
    await page.emulateMedia({ media: 'screen' });
    expect(await queryInGraphiql(page)).toMatch(/^query accessByWayQuery/);
    await page.getByText('everywhere', { exact: true }).first().click();
    await page.getByText(`${everywhere.totalCount} subjects, as of`).waitFor();
    await expect.poll(() => queryInGraphiql(page)).toMatch(/^query whoHasAccessQuery/);
    await page.getByRole('tab', { name: 'What lies in it' }).click();
    await expect.poll(() => queryInGraphiql(page)).toMatch(/^query childrenQuery/);
    await page.close();
  });

  it('leads from a group and from an MSP to everything that they lie in, from the top down', async () => {
    const { page } = await used.openPage();
    page.setDefaultTimeout(12_000);
    await signIn(page, used.gateway.url, '/check');
    await page.getByText('Choose who').waitFor();
    for (const kind of ['ASSET_GROUP', 'MSP']) {
      const { data } = await used.gateway.ask<{ census: { scopes: { nodes: readonly Placed[] } } }, object>(
        `{ census { scopes(first: 100, kind: ${kind}) { nodes { id ancestors { id displayName uuid } } } } }`,
      );
      const placed = data?.census.scopes.nodes.toSorted((one, other) => other.ancestors.length - one.ancestors.length);
      const { id, ancestors } = placed?.[0] ?? { id: '', ancestors: [] };
      expect(ancestors.length, kind).toBeGreaterThan(0);
      await page.goto(`${used.gateway.url}/scopes/${id}`);
      const crumbs = page.getByRole('navigation', { name: 'Where it lies' });
      await crumbs.waitFor();
      const names = ancestors.toReversed().map(({ displayName, uuid }) => displayName ?? uuid);
      expect(await crumbs.getByRole('link').allInnerTexts()).toEqual(names);
      await crumbs.getByRole('link').first().click();
      await page.getByRole('heading', { level: 1, name: names[0] ?? '' }).waitFor();
    }
    await page.close();
  });

  it('finds scopes by a text, of a kind, and says that nothing matches', async () => {
    const { page } = await used.openPage();
    page.setDefaultTimeout(12_000);
    await signIn(page, used.gateway.url, '/scopes');
    await page.getByRole('table', { name: 'Scopes' }).waitFor();
    await field(page, 'Name or uuid').fill(customer.slice(0, 13));
    await page.getByText('3 scopes at which a role is held').waitFor();
    const rows = page.getByRole('table', { name: 'Scopes' }).locator('tbody tr[data-index]');
    await rows.nth(2).waitFor();
    expect((await rows.allInnerTexts()).filter((text) => /\d/.test(text.split('\n').at(-1) ?? ''))).toHaveLength(3);
    await page.goto(`${used.gateway.url}/scopes?text=${customer.slice(0, 13)}&kind=CUSTOMER`);
    await page.getByText('1 scope at which a role is held').waitFor();
    await page.goto(`${used.gateway.url}/scopes?text=${customer.slice(0, 13)}&kind=SITE`);
    await page.getByText('No scope at which a role is held matches.').waitFor();
    await page.close();
  });

  it('has the holders on every line of the tree, for no call beyond the census', async () => {
    const { page } = await used.openPage();
    page.setDefaultTimeout(12_000);
    await signIn(page, used.gateway.url, '/scopes?view=tree');
    const lines = page.getByRole('treeitem');
    await page.locator('[data-holders]').first().waitFor();
    expect(await page.locator('[role=treeitem] [data-holders]').count()).toBe(await lines.count());
    used.gateway.sandbox.clearTranscript();
    const { data } = await used.gateway.ask<
      { census: { scopes: { edges: { holderCount: number; node: { id: string } }[] } } },
      object
    >('{ census { scopes(first: 1000, kind: ASSET_GROUP) { edges { holderCount node { id } } } } }');
    expect(used.gateway.sandbox.transcript()).toEqual([]);
    let compared = 0;
    for (const { node, holderCount } of data?.census.scopes.edges ?? []) {
      const line = page.locator(`a[href="/scopes/${encodeURIComponent(node.id)}"]`);
      if ((await line.count()) === 0) continue;
      const counts = line.first().locator('xpath=ancestor::*[.//*[@data-holders]][1]').locator('[data-holders]');
      expect(await counts.first().getAttribute('data-holders')).toBe(String(holderCount));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(0);
    await page.close();
  });
});

interface Placed {
  readonly id: string;
  readonly ancestors: readonly { readonly displayName: string | null; readonly uuid: string }[];
}

interface InOneWay {
  readonly totalCount: number;
  readonly edges: readonly {
    readonly reasons: readonly {
      readonly memberOf: { readonly uuid: string } | null;
      readonly path: readonly { readonly id: string }[];
    }[];
  }[];
}

interface Told {
  readonly id: string;
  readonly direct: InOneWay;
  readonly inherited: InOneWay;
  readonly everywhere: InOneWay;
}

const reasonsOf = ({ edges }: InOneWay) => edges.flatMap(({ reasons }) => reasons);
