import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing, keepScreenshot, openBrowser, openWatchedPage } from '../support/browser.ts';
import { violationsOf } from './axe.ts';
import { wrongOnPaper } from './paper.ts';
import {
  alice,
  otherCustomer,
  recordPagesOf,
  type RecordingConsole,
  runRecordingConsole,
} from './recording-console.ts';
import { buildConsole, queryInGraphiql, runConsole, signIn } from './running-console.ts';

// One after another: each goes on with the record as the one before has left it.
describe.skipIf(isBrowserMissing)(`the record at the console${browserNote}`, () => {
  let folder: string;
  let gateway: RecordingConsole;
  let browser: Browser;
  let page: Page;
  let subjectId = '';
  let scopeId = '';
  const rows = () => page.getByRole('table', { name: 'Changes' }).locator('tbody tr[data-index]');
  const field = (label: string) => page.locator('input').and(page.getByLabel(label, { exact: true }));
  const state = (name: string) => page.locator(`[role=status][data-live=${name}]`);

  beforeAll(async () => {
    folder = await buildConsole();
    [gateway, browser] = await Promise.all([runRecordingConsole(folder, { sandbox: { subjects: 60 } }), openBrowser()]);
    const { data } = await gateway.ask<{ subject: { id: string }; scope: { id: string } }, object>(
      `{ subject(reference: "${alice}") { id } scope(by: { customerUuid: "${otherCustomer}" }) { id } }`,
    );
    subjectId = data?.subject.id ?? '';
    scopeId = data?.scope.id ?? '';
    ({ page } = await openWatchedPage(browser));
    page.setDefaultTimeout(10_000);
    await signIn(page, gateway.url, '/changes');
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
  });

  it('says that nothing has changed yet, and since when it is looked at', async () => {
    await page.getByText('Nothing has changed since the record began.').waitFor();
    expect(await page.getByRole('main').innerText()).toMatch(
      /0 changes\. The record begins on .*\d{4}.*; its last census was on /,
    );
    await page.getByRole('link', { name: 'Changes' }).and(page.locator('[aria-current=page]')).waitFor();
    await state('live').waitFor();
  });

  it('shows what changes by itself, newest first: seen when, after when, who, which role and where', async () => {
    await gateway.change('assign', 'auditor');
    const first = rows().first();
    await first.filter({ hasText: 'auditor' }).waitFor();
    await gateway.change('revoke', 'auditor');
    await first.filter({ hasText: 'revoked' }).waitFor();
    expect(await rows().count()).toBe(2);
    expect(await first.innerText()).toMatch(/after /);
    expect(await first.locator('[data-fresh]').count()).toBe(1);
    for (const link of [`/subjects/${subjectId}`, '/roles/auditor', `/scopes/${scopeId}`])
      expect(await first.locator(`a[href="${encodeURI(link)}"]`).count(), link).toBe(1);
    await page.getByText('2 changes.').waitFor();
    await keepScreenshot(page, 'console-changes-live');
  });

  it('asks nothing upstream for them but names that it has not read yet', async () => {
    await page.reload();
    await rows().nth(1).waitFor();
    gateway.sandbox.clearTranscript();
    await page.reload();
    await rows().nth(1).waitFor();
    const asked = gateway.sandbox.transcript().filter(({ path }) => path !== '/v2/role-assignments');
    expect(asked).toEqual([]);
  });

  it('keeps its filters in the address, and brings nothing by itself that does not meet them', async () => {
    await field('What').click();
    await page.getByRole('option', { name: 'granted' }).click();
    await page.getByText('1 change of this kind').waitFor();
    expect(new URL(page.url()).search).toBe('?kind=GRANTED');
    await state('live').waitFor();
    await gateway.change('assign', 'security.viewer');
    await rows().first().filter({ hasText: 'security.viewer' }).waitFor();
    await gateway.change('revoke', 'security.viewer');
    await gateway.recorded(4);
    await field('Role').fill('audit');
    await page.getByRole('option').filter({ hasText: 'auditor' }).first().click();
    // The list before has that row too: only the number says that it is the next one.
    await page.getByText('1 change of this kind').waitFor();
    await rows().filter({ hasText: 'auditor' }).first().waitFor();
    expect(await rows().count()).toBe(1);
    const shared = page.url();
    expect(new URL(shared).search).toBe('?kind=GRANTED&role=auditor');
    await page.goto('about:blank');
    await page.goto(shared);
    await page.getByText('1 change of this kind').waitFor();
    expect(await field('Role').inputValue()).toBe('auditor');
    await page.goto(`${gateway.url}/changes?until=2001-01-01`);
    await page.getByText('Nothing of this kind has changed.').waitFor();
  });

  it('leaves who reads further down where they are, and shows what has come when told to', async () => {
    await page.setViewportSize({ width: 1280, height: 300 });
    await page.goto(`${gateway.url}/changes`);
    await rows().nth(3).waitFor();
    await state('live').waitFor();
    await page.evaluate(() => window.scrollTo(0, 400));
    await gateway.change('assign', 'auditor');
    await page.getByRole('button', { name: 'Show 1 new change' }).click();
    await page.getByText('5 changes.').waitFor();
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('tells the history of a subject and of a scope in a tab, live, each without what the page is about', async () => {
    await page.goto(`${gateway.url}/subjects/${encodeURIComponent(subjectId)}`);
    await page.getByRole('tab', { name: 'History' }).click();
    await rows().nth(4).waitFor();
    expect(new URL(page.url()).search).toBe('?tab=history');
    expect(await page.getByRole('columnheader').allInnerTexts()).toEqual(['Seen', 'What', 'Role', 'Where']);
    await state('live').waitFor();
    expect(await queryInGraphiql(page)).toMatch(/\bsubject\b[^]*\bhistory\(/);
    await gateway.change('revoke', 'auditor');
    await rows().nth(5).waitFor();
    await page.goto(`${gateway.url}/scopes/${encodeURIComponent(scopeId)}?tab=history`);
    await rows().nth(5).waitFor();
    expect(await page.getByRole('columnheader').allInnerTexts()).toEqual(['Seen', 'What', 'Who', 'Role']);
    await state('live').waitFor();
    expect(await queryInGraphiql(page)).toMatch(/\bscope\b[^]*\bhistory\(/);
    await gateway.change('assign', 'auditor');
    await rows().nth(6).waitFor();
  });

  it('keeps nobody out: no violation of axe-core on any of its pages, light and dark, narrow and wide', async () => {
    const violations: string[] = [];
    for (const { name, path, says } of await recordPagesOf(gateway)) {
      await page.goto(`${gateway.url}${path}`);
      await page.getByRole('main').getByText(says).filter({ visible: true }).first().waitFor();
      violations.push(...(await violationsOf(page, name)));
      if (name !== 'changes-before')
        violations.push(...(await wrongOnPaper(page)).map((said) => `${name} on paper: ${said}`));
    }
    expect(violations).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
  }, 150_000);

  it('leads from a history to how it was on a day, and says what the record does not reach', async () => {
    const { data } = await gateway.ask<{ record: { latest: string } }, object>('{ record { latest } }');
    await page.goto(`${gateway.url}/scopes/${encodeURIComponent(scopeId)}?tab=history`);
    await page.getByRole('link', { name: 'As it was on a day' }).click();
    await page.getByText('Choose a day and a time.').waitFor();
    const address = new URL(page.url());
    expect(address.searchParams.get('at')).toBe(`customerUuid:${otherCustomer}`);
    address.searchParams.set('time', data?.record.latest ?? '');
    await page.goto(address.href);
    const held = page.getByRole('table', { name: 'Held then' }).getByRole('row').filter({ hasText: 'auditor' });
    await held.filter({ has: page.locator(`a[href="/subjects/${encodeURIComponent(subjectId)}"]`) }).waitFor();
    await field('As it was on').fill('2001-01-01T00:00');
    await page.getByRole('alert').filter({ hasText: 'This cannot be asked like that' }).waitFor();
    expect(await field('As it was on').inputValue()).toBe('2001-01-01T00:00');
  });

  it('saves the changes of the list', async () => {
    await page.goto(`${gateway.url}/changes?kind=REVOKED`);
    await rows().first().waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    const stream = await (await saved).createReadStream();
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    const [header = '', first = '', ...rest] = Buffer.concat(parts).toString().trim().split('\r\n');
    expect(header).toBe(
      'change,subject_type,subject_reference,subject_name,role,everywhere,scope_kind,scope_uuid,scope_name,not_before,seen_at',
    );
    expect(first).toMatch(new RegExp(`^REVOKED,USER,${alice},[^,]*,auditor,false,CUSTOMER,${otherCustomer},`));
    expect(rest).toHaveLength(2);
  });

  it('goes on by itself when the gateway was lost, and has what was missed', async () => {
    await page.goto(`${gateway.url}/changes`);
    await rows().first().waitFor();
    await state('live').waitFor();
    const isStream = ({ accept = '' }: Record<string, string>) => accept.includes('text/event-stream');
    await page.route('**/graphql', (route) =>
      isStream(route.request().headers()) ? route.abort('connectionrefused') : route.fallback(),
    );
    // Out of sight nothing is asked for, so what was open ends; and in sight again it cannot be had.
    await setHidden(page, true);
    await state('paused').waitFor();
    await gateway.change('revoke', 'auditor');
    await gateway.recorded(8);
    await expect.poll(() => subscribersOf(gateway)).toBe(0);
    await setHidden(page, false);
    await state('connecting').waitFor();
    expect(await rows().count()).toBe(7);
    await page.unroute('**/graphql');
    await state('live').waitFor();
    await page.getByText('8 changes.').waitFor();
  });

  it('ends with the sign-in', async () => {
    await expect.poll(() => subscribersOf(gateway)).toBe(1);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await expect.poll(() => subscribersOf(gateway)).toBe(0);
  });

  it('leaves no trace of itself for who may not see it', async () => {
    const { page: other } = await openWatchedPage(browser);
    other.setDefaultTimeout(10_000);
    await other.goto(`${gateway.url}/subjects/${encodeURIComponent(subjectId)}`);
    await other.getByRole('button', { name: /^Sign in as reader@sandbox.example/ }).click();
    await other.getByRole('tab', { name: 'Access' }).waitFor();
    await other.waitForLoadState('networkidle');
    expect(await other.getByRole('tab', { name: 'History' }).count()).toBe(0);
    expect(await other.getByRole('link', { name: 'Changes' }).count()).toBe(0);
    await other.goto(`${gateway.url}/changes`);
    await other.getByText('it is not shown to you').waitFor();
    await other.close();
  });

  it('leaves none where none is kept, and asks nothing about it', async () => {
    const without = await runConsole(folder, { sandbox: { subjects: 20 } });
    const { page: other } = await openWatchedPage(browser);
    const asked: string[] = [];
    other.on('request', (request) => asked.push(request.postData() ?? ''));
    await signIn(other, without.url, `/subjects/${encodeURIComponent(subjectId)}?tab=history`);
    await other.getByRole('tab', { name: 'Access' }).waitFor();
    await other.waitForLoadState('networkidle');
    expect(await other.getByRole('tab', { name: 'History' }).count()).toBe(0);
    expect(await other.getByRole('link', { name: 'Changes' }).count()).toBe(0);
    expect(asked.filter((body) => /history|record|accessChanges/.test(body))).toEqual([]);
    await other.goto(`${without.url}/changes`);
    await other.getByText('No record is kept here').waitFor();
    await other.close();
    await without.close();
  });
});

const subscribersOf = async ({ url }: RecordingConsole): Promise<number> =>
  Number(/^rolescope_subscribers (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);

/** Headless pages are never out of sight: the page is told that it is. */
const setHidden = (page: Page, isHidden: boolean): Promise<void> =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
