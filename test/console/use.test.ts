import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import { wrongOnPaper } from './paper.ts';
import { signIn } from './running-console.ts';
import { useConsole } from './use-console.ts';

describe.skipIf(isBrowserMissing)(`whoever uses the console${browserNote}`, () => {
  const used = useConsole();

  it('sees how much of the account is read, of how many and how long it may take, while they wait for a census', async () => {
    const { page } = await used.openPage();
    const release = await holdBack(page, 'pageOverviewQuery');
    const preferences: (string | undefined)[] = [];
    let walked = 0;
    await page.route('**/graphql', async (route) => {
      const asked = route.request();
      if (operationOf(asked.postDataJSON()) !== 'censusWaitingQuery') return route.fallback();
      preferences.push(asked.headers()['prefer']);
      walked += 4000;
      await route.fulfill({ json: pending(walked, 12_000) });
    });
    await signIn(page, used.gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByText(/Reading the account: 4,000 of 12,000 subjects, about \d+ s left/).waitFor();
    await page.getByText('Waiting for ESET Connect (10 calls a second)').waitFor();
    await page.getByText(/8,000 of 12,000/).waitFor();
    expect(await page.getByRole('progressbar', { name: 'Subjects read' }).getAttribute('aria-valuenow')).toMatch(/^66/);
    expect(new Set(preferences)).toEqual(new Set(['wait=1']));
    release();
    await page.getByText('Roles with most holders').waitFor();
    expect(await page.getByText('Reading the account').count()).toBe(0);
    await page.close();
  });

  it('is told what is waited for where no census is, and reads it nowhere once it is there', async () => {
    const { page } = await used.openPage();
    const release = await holdBack(page, 'pageSubjectsQuery');
    await signIn(page, used.gateway.url, '/subjects');
    await page.getByText('Waiting for ESET Connect (10 calls a second)').waitFor();
    release();
    await page.getByRole('table', { name: 'Subjects' }).waitFor();
    expect(await page.getByText('Waiting for ESET Connect').count()).toBe(0);
    await page.close();
  });

  it('reads past the deadline how far it is, and goes on from there', async () => {
    const { page } = await used.openPage();
    await page.route('**/graphql', (route) =>
      operationOf(route.request().postDataJSON()) === 'pageRolesQuery'
        ? route.fulfill({ json: pending(90_000, 120_000) })
        : route.fallback(),
    );
    await signIn(page, used.gateway.url, '/roles');
    await page.getByText('90,000 of 120,000 subjects').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('the work goes on from where it is');
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('main').getByText('auditor').first().waitFor();
    await page.close();
  });

  it('is not left waiting by a gateway that never answers', async () => {
    const { page } = await used.openPage();
    await page.clock.install();
    await signIn(page, used.gateway.url, '/findings');
    await page.getByRole('main').getByText('held everywhere').filter({ visible: true }).first().waitFor();
    await holdBack(page, 'pageRolesQuery');
    await page.getByRole('link', { name: 'Roles', exact: true }).click();
    await page.clock.runFor(3000);
    await page.getByText('Waiting for ESET Connect').waitFor();
    await page.clock.fastForward(161_000);
    await page.clock.runFor(1000);
    await page.getByText('The gateway does not answer').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
    await page.close();
  });

  it('comes to the search field by one key, and opens the first hit by another', async () => {
    const { page } = await used.openPage();
    await signIn(page, used.gateway.url);
    const search = page.getByLabel('Search subjects, scopes and roles');
    await search.waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('auditor');
    await page.getByRole('option').filter({ hasText: 'auditor' }).first().waitFor();
    expect(await search.inputValue()).toBe('auditor');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'auditor' }).waitFor();
    await page.close();
  });

  it('reaches everything by the keyboard, sees where it is, and can skip what every page has', async () => {
    const { page } = await used.openPage();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await signIn(page, used.gateway.url, '/roles');
    await page.getByRole('main').getByText('auditor').first().waitFor();
    for (const width of [1400, 360]) {
      await page.setViewportSize({ width, height: 4000 });
      await page.reload();
      await page.getByRole('main').getByText('auditor').first().waitFor();
      await page.getByLabel('Search subjects, scopes and roles').waitFor();
      const { reached, unseen } = await walkByKeyboard(page);
      expect(unseen, `without a visible focus at ${width}`).toEqual([]);
      const all = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('a[href], button, input, [tabindex="0"]')]
          .filter((element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }))
          .map((element) => (element.dataset['walked'] === String(innerWidth) ? '' : element.outerHTML)),
      );
      expect(all.length).toBeGreaterThan(20);
      expect(all.filter((missed) => missed !== '')).toEqual([]);
      expect(reached[0]).toBe('Skip to the page');
    }
    await page.close();
  });

  it('does without anything that moves where that is wished', async () => {
    const { page } = await used.openPage();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const release = await holdBack(page, 'pageOverviewQuery');
    await signIn(page, used.gateway.url);
    await page.getByRole('status', { name: 'Loading' }).first().waitFor();
    expect(await movingIn(page)).toEqual([]);
    release();
    await page.getByText('Roles with most holders').waitFor();
    expect(await movingIn(page)).toEqual([]);
    await page.close();
  });

  it('prints a black on white table with every row that was read, the date and the address, in dark colours too', async () => {
    const { page } = await used.openPage();
    await page.emulateMedia({ colorScheme: 'dark' });
    await signIn(page, used.gateway.url, '/subjects?type=USER');
    await page.getByText('1,000 subjects').waitFor();
    await page.getByRole('table', { name: 'Subjects' }).waitFor();
    const onScreen = await page.locator('tbody tr[data-index]').count();
    expect(onScreen).toBeLessThan(50);
    await page.setViewportSize({ width: 718, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    await page.getByText(/^Printed .*\d{4}.* from \/subjects\?type=USER$/).waitFor();
    expect(await page.locator('tbody tr[data-index]').count()).toBeGreaterThanOrEqual(50);
    expect(await page.getByRole('columnheader', { name: 'Type' }).isVisible()).toBe(true);
    for (const hidden of [page.getByRole('navigation', { name: 'Pages' }), page.getByRole('banner').first()])
      expect(await hidden.isVisible()).toBe(false);
    expect(await wrongOnPaper(page)).toEqual([]);
    await page.emulateMedia({ media: 'screen' });
    await expect.poll(() => page.locator('tbody tr[data-index]').count()).toBeLessThan(50);
    await page.close();
  });
});

const operationOf = (body: unknown): string => (body as { readonly operationName: string }).operationName;

const pending = (walked: number, total: number): object => ({
  data: { census: null },
  errors: [
    {
      message: 'Still reading.',
      path: ['census'],
      extensions: { code: 'UPSTREAM_PENDING', retryAfterMs: 1000, walked, total },
    },
  ],
});

/** Lets the answer to one operation wait until it is released. */
const holdBack = async (page: Page, name: string): Promise<() => void> => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/graphql', async (route) => {
    if (operationOf(route.request().postDataJSON()) === name) await released;
    await route.fallback();
  });
  return release;
};

/** Goes through the page by the tabulator key, marks what it comes to, and notes what shows no sign of being the one. */
const walkByKeyboard = async (
  page: Page,
): Promise<{ readonly reached: readonly string[]; readonly unseen: readonly string[] }> => {
  const reached: string[] = [];
  const unseen: string[] = [];
  for (let step = 0; step < 200; step++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return undefined;
      if (element.dataset['walked'] === String(innerWidth)) return undefined;
      element.dataset['walked'] = String(innerWidth);
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const { left, right } = element.getBoundingClientRect();
      return {
        name: element.getAttribute('aria-label') ?? element.innerText,
        isSeen: outlineStyle !== 'none' && outlineWidth !== '0px' && right > 0 && left < innerWidth,
      };
    });
    if (at === undefined) break;
    reached.push(at.name);
    if (!at.isSeen) unseen.push(at.name);
  }
  return { reached, unseen };
};

/** What has an animation or a transition. */
const movingIn = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { animationName, transitionDuration } = getComputedStyle(element);
        return animationName !== 'none' || transitionDuration !== '0s';
      })
      .map(({ tagName, className }) => `${tagName} ${className}`),
  );
