import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing, keepScreenshot, openBrowser, openWatchedPage } from '../support/browser.ts';
import type { RunningGateway } from '../support/running-gateway.ts';
import { pagesOf } from './pages.ts';
import { buildConsole, type BuiltConsole, runConsole, signIn } from './running-console.ts';

describe.skipIf(isBrowserMissing)(`the console in Chromium${browserNote}`, () => {
  let built: BuiltConsole;
  let gateway: RunningGateway;
  let browser: Browser;

  beforeAll(async () => {
    built = await buildConsole();
    [gateway, browser] = await Promise.all([runConsole(built), openBrowser()]);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
    built?.remove();
  });

  it('keeps nobody out: no violation of axe-core on any page, light and dark, narrow and wide', async () => {
    const { page } = await openWatchedPage(browser);
    const violations: string[] = [];
    const look = async (name: string): Promise<void> => {
      await page.evaluate(readFileSync(axe, 'utf8'));
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [1400, 360]) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: 900 });
          await keepScreenshot(page, `console-${name}-${width}-${colorScheme}`);
          for (const violation of await violationsOf(page))
            violations.push(`${name} ${width} ${colorScheme}: ${violation}`);
        }
      }
    };
    await page.goto(gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await look('sign-in');
    await signIn(page, gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    for (const { name, path, says } of await pagesOf(gateway)) {
      await page.goto(`${gateway.url}${path}`);
      await page.getByRole('main').getByText(says).first().waitFor();
      await page.waitForLoadState('networkidle');
      await look(name);
    }
    expect(violations).toEqual([]);
    await page.close();
  }, 240_000);

  it('shows every page to whom has signed in, asks nobody but its own origin, and logs no error', async () => {
    const { page, outsideRequests, pageErrors } = await openWatchedPage(browser);
    const logged: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') logged.push(`${page.url()} ${message.text()}`);
    });
    await signIn(page, gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    for (const { path, says } of await pagesOf(gateway)) {
      await page.goto(`${gateway.url}${path}`);
      await page.getByRole('main').getByText(says).first().waitFor();
    }
    expect(outsideRequests).toEqual([]);
    expect(pageErrors).toEqual([]);
    expect(logged).toEqual([]);
    await page.close();
  });
});

/** Run from outside of the page's own policy, as a browser's tools are. */
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core, which has to be there, says against the page, with every rule on. */
const violationsOf = async (page: Page): Promise<readonly string[]> => {
  return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ' ' + nodes.slice(0, 2).map(({ target }) => target.join(' ')).join(', ')))`);
};
