import { describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import { violationsOf } from './axe.ts';
import { clippedTexts } from './clipped.ts';
import { pagesOf } from './pages.ts';
import { wrongOnPaper } from './paper.ts';
import { signIn } from './running-console.ts';
import { useConsole } from './use-console.ts';

describe.skipIf(isBrowserMissing)(`the console in Chromium${browserNote}`, () => {
  const used = useConsole();

  it('keeps nobody out: no violation of axe-core on any page, light and dark, narrow and wide, and no text cut off', async () => {
    const { page } = await used.openPage();
    const violations: string[] = [];
    await page.goto(used.gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    violations.push(...(await violationsOf(page, 'sign-in')));
    await signIn(page, used.gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    for (const { name, path, says } of await pagesOf(used.gateway)) {
      await page.goto(`${used.gateway.url}${path}`);
      await page.getByRole('main').getByText(says).filter({ visible: true }).first().waitFor();
      await page.waitForLoadState('networkidle');
      violations.push(...(await violationsOf(page, name)));
      for (const text of await clippedTexts(page)) violations.push(`${name}: cut off: ${text}`);
    }
    expect(violations).toEqual([]);
    await page.close();
  }, 240_000);

  it('keeps nobody out of what opens over a page either: search, menu, notices, and the bar of a sign-in that has ended', async () => {
    const { page } = await used.openPage();
    await signIn(page, used.gateway.url, '/roles');
    await page.getByRole('main').getByText('auditor').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('auditor');
    await page.getByRole('option').first().waitFor();
    expect(await violationsOf(page, 'search')).toEqual([]);
    await page.keyboard.press('Escape');

    await page.setViewportSize({ width: 360, height: 900 });
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    expect(await violationsOf(page, 'menu')).toEqual([]);
    await page.getByRole('button', { name: 'Menu' }).click();

    await page.route('**/export?*', (route) => route.abort());
    await page.getByRole('link', { name: 'auditor' }).click();
    await page.getByRole('table').waitFor();
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    await page.getByText('Nothing was saved').waitFor();
    expect(await violationsOf(page, 'notice')).toEqual([]);

    await page.route('**/graphql', (route) =>
      route.fulfill({ json: { errors: [{ message: 'It has ended.', extensions: { code: 'UNAUTHENTICATED' } }] } }),
    );
    await page.getByRole('tab', { name: 'Where it is held' }).click();
    await page.getByText('Your sign-in has ended').waitFor();
    expect(await violationsOf(page, 'expired')).toEqual([]);
    await page.close();
  });

  it('shows every page to whom has signed in, also on paper, asks nobody but its own origin, and logs no error', async () => {
    const { page, outsideRequests, pageErrors } = await used.openPage();
    const logged: string[] = [];
    const wrong: string[] = [];
    await page.emulateMedia({ colorScheme: 'dark' });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') logged.push(`${page.url()} ${message.text()}`);
    });
    await signIn(page, used.gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    for (const { name, path, says } of await pagesOf(used.gateway)) {
      await page.goto(`${used.gateway.url}${path}`);
      await page.getByRole('main').getByText(says).filter({ visible: true }).first().waitFor();
      // A failure has no head, which is what says when it was printed.
      if (name !== 'no-such-id') wrong.push(...(await wrongOnPaper(page)).map((said) => `${name} ${said}`));
    }
    expect(wrong).toEqual([]);
    expect(outsideRequests).toEqual([]);
    expect(pageErrors).toEqual([]);
    expect(logged).toEqual([]);
    await page.close();
  });
});
