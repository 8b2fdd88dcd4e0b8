import { describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import { violationsOf } from './axe.ts';
import { pagesOf } from './pages.ts';
import { signIn } from './running-console.ts';
import { useConsole } from './use-console.ts';

describe.skipIf(isBrowserMissing)(`the console in Chromium${browserNote}`, () => {
  const used = useConsole();

  it('keeps nobody out: no violation of axe-core on any page, light and dark, narrow and wide', async () => {
    const { page } = await used.openPage();
    const violations: string[] = [];
    await page.goto(used.gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    violations.push(...(await violationsOf(page, 'sign-in')));
    await signIn(page, used.gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    for (const { name, path, says } of await pagesOf(used.gateway)) {
      await page.goto(`${used.gateway.url}${path}`);
      await page.getByRole('main').getByText(says).first().waitFor();
      await page.waitForLoadState('networkidle');
      violations.push(...(await violationsOf(page, name)));
    }
    expect(violations).toEqual([]);
    await page.close();
  }, 240_000);

  it('shows every page to whom has signed in, asks nobody but its own origin, and logs no error', async () => {
    const { page, outsideRequests, pageErrors } = await used.openPage();
    const logged: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') logged.push(`${page.url()} ${message.text()}`);
    });
    await signIn(page, used.gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    for (const { path, says } of await pagesOf(used.gateway)) {
      await page.goto(`${used.gateway.url}${path}`);
      await page.getByRole('main').getByText(says).first().waitFor();
    }
    expect(outsideRequests).toEqual([]);
    expect(pageErrors).toEqual([]);
    expect(logged).toEqual([]);
    await page.close();
  });
});
