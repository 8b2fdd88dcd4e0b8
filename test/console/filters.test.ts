import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import { customer } from './pages.ts';
import { signIn } from './running-console.ts';
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
