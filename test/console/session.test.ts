import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing, openBrowser, openWatchedPage } from '../support/browser.ts';
import type { RunningGateway } from '../support/running-gateway.ts';
import { buildConsole, type BuiltConsole, runConsole, signIn } from './running-console.ts';

describe.skipIf(isBrowserMissing)(`somebody at the console${browserNote}`, () => {
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

  it('is told in passthrough how to come by a token, and goes on with one; the address never holds it', async () => {
    const passthrough = await runConsole(built, { isSandboxMode: false });
    const { page } = await openWatchedPage(browser);
    await page.goto(`${passthrough.url}/roles`);
    await page.getByText('rolescope token').waitFor();
    await page.getByLabel('Access token').fill(`Bearer ${passthrough.sandbox.adminToken}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Roles' }).waitFor();
    expect(page.url()).toBe(`${passthrough.url}/roles`);
    expect(await page.evaluate(() => localStorage.length)).toBeLessThanOrEqual(1);
    await page.close();
    await passthrough.close();
  });

  it('stays where they are when the token ends, and goes on with a new one', async () => {
    const { page } = await openWatchedPage(browser);
    await signIn(page, gateway.url, '/roles');
    await page.getByRole('main').getByText('auditor').first().waitFor();
    await page.route('**/graphql', (route) =>
      route.fulfill({ json: { errors: [{ message: 'ended', extensions: { code: 'UNAUTHENTICATED' } }] } }),
    );
    await page.getByRole('link', { name: 'Findings' }).click();
    await page.getByText('Your sign-in has ended').waitFor();
    expect(page.url()).toBe(`${gateway.url}/findings`);
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'reader@sandbox.example' }).click();
    await page.getByRole('main').getByText('held everywhere').first().waitFor();
    await page.getByText('Your sign-in has ended').waitFor({ state: 'detached' });
    await page.close();
  });

  it('is asked to sign in anew after signing out, and nothing that was read is left', async () => {
    const { page } = await openWatchedPage(browser);
    await signIn(page, gateway.url, '/roles');
    await page.getByRole('main').getByText('auditor').first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await page.getByText('auditor').count()).toBe(0);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.close();
  });

  it('reads for every code what it means, and tries again', async () => {
    const { page } = await openWatchedPage(browser);
    await signIn(page, gateway.url, '/roles');
    await page.getByRole('main').getByText('auditor').first().waitFor();
    for (const code of [
      'BAD_USER_INPUT',
      'FORBIDDEN',
      'NOT_FOUND',
      'RATE_LIMITED',
      'INVALID_CURSOR',
      'EXPIRED_CURSOR',
      'UPSTREAM_PENDING',
      'UPSTREAM_TIMEOUT',
      'UPSTREAM_UNAVAILABLE',
      'UPSTREAM_ERROR',
      'UPSTREAM_INVALID_RESPONSE',
      'CALL_BUDGET_EXCEEDED',
      'INTERNAL',
    ]) {
      await page.route('**/graphql', (route) =>
        route.fulfill({ json: { data: null, errors: [{ message: 'why', extensions: { code } }] } }),
      );
      await page.goto(`${gateway.url}/roles`);
      await page.locator(`[data-code=${code}]`).waitFor();
      expect(await page.getByRole('alert').innerText(), code).toContain('why');
      await page.unroute('**/graphql');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('main').getByText('auditor').first().waitFor();
    }
    await page.close();
  });
});
