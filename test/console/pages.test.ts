import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing, keepScreenshot, openBrowser, openWatchedPage } from '../support/browser.ts';
import type { RunningGateway } from '../support/running-gateway.ts';
import { buildConsole, type BuiltConsole, runConsole, signIn } from './running-console.ts';

const customer = '30bd93aa-c0ef-4fcf-a73f-ce80610bd161';
const administrator = '286f5456-a0ac-4e8a-8508-5c2224b47ae6';

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

  it('keeps nobody out: no violation of axe-core but for contrast on any page, light and dark, narrow and wide', async () => {
    const ids = await idsOf(gateway);
    const { page } = await openWatchedPage(browser);
    await signIn(page, gateway.url);
    await see(page, 'Overview', 'Roles with most holders');
    const violations: string[] = [];
    for (const path of [
      '/',
      '/subjects',
      `/subjects/${ids.subject}`,
      '/scopes',
      `/scopes/${ids.scope}`,
      ...lastPages,
    ]) {
      await page.goto(`${gateway.url}${path}`);
      await page.waitForLoadState('networkidle');
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [1400, 360]) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: 900 });
          await keepScreenshot(page, `console${path.replaceAll(/[^a-z]+/g, '-').slice(0, 16)}-${width}-${colorScheme}`);
          for (const violation of await violationsOf(page))
            violations.push(`${path} ${width} ${colorScheme}: ${violation}`);
        }
      }
    }
    expect(violations).toEqual([]);
    await page.close();
  }, 240_000);

  it('shows every page to whom has signed in, and asks nobody but its own origin', async () => {
    const ids = await idsOf(gateway);
    const { page, outsideRequests, pageErrors } = await openWatchedPage(browser);
    await signIn(page, gateway.url);
    await see(page, 'Overview', 'Roles with most holders');
    for (const [path, title, text] of [
      ['/subjects', 'Subjects', '2,000 subjects'],
      [`/subjects/${ids.subject}`, undefined, administrator],
      [`/subjects/${ids.subject}?tab=access`, undefined, 'grants reach this subject'],
      ['/scopes', 'Scopes', 'scopes at which a role is held'],
      [`/scopes/${ids.scope}`, undefined, 'subjects, as of'],
      [`/scopes/${ids.scope}?tab=children`, undefined, customer],
      ['/roles', 'Roles', 'auditor'],
      ['/roles/auditor', 'auditor', 'holders'],
      ['/matrix', 'Matrix', 'everywhere'],
      [`/check?who=${administrator}&role=admin`, 'Check', 'Yes'],
      ['/findings', 'Findings', 'high'],
    ] as const) {
      await page.goto(`${gateway.url}${path}`);
      await see(page, title, text);
    }
    expect(outsideRequests).toEqual([]);
    expect(pageErrors).toEqual([]);
    await page.close();
  });
});

const lastPages = ['/roles', '/roles/auditor', '/matrix', `/check?who=${administrator}&role=admin`, '/findings'];

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Run from outside of the page's own policy, as a browser's tools are. */
const violationsOf = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(readFileSync(axe, 'utf8'));
  return page.evaluate(`axe.run({ rules: { 'color-contrast': { enabled: false } } }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ' ' + nodes.slice(0, 2).map(({ target }) => target.join(' ')).join(', ')))`);
};

/** Waits until the page has this heading, where one is given, and says this somewhere. */
const see = async (page: Page, title: string | undefined, text: string): Promise<void> => {
  if (title !== undefined) await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  await page.getByRole('main').getByText(text).first().waitFor();
};

const idsOf = async (gateway: RunningGateway): Promise<{ readonly subject: string; readonly scope: string }> => {
  const { data } = await gateway.ask<{ subject: { id: string }; scope: { id: string } }, object>(
    `{ subject(reference: "${administrator}") { id } scope(by: { customerUuid: "${customer}" }) { id } }`,
  );
  if (data === undefined) throw new Error('the sandbox has lost its example');
  return { subject: data.subject.id, scope: data.scope.id };
};
