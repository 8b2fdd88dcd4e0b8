import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { explanations } from '../../examples/frontend/src/graph-error.ts';
import { errorCodes } from '../../src/index.ts';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import { browserNote, isBrowserMissing, keepScreenshot, openBrowser, openWatchedPage } from '../support/browser.ts';
import type { RunningGatewayOptions } from '../support/running-gateway.ts';
import { runToEnd } from '../support/processes.ts';
import { commandsOf, blocksOf } from '../support/readme.ts';
import { type BuiltFrontend, buildFrontend, root, type RunningFrontend } from './running-frontend.ts';
import { startExample } from './running-example.ts';

const [, compileCommand = ''] = commandsOf(blocksOf('examples/frontend/README.md'));
/** Customer of ESET's own example, which every world of the sandbox opens with. */
const customer = '30bd93aa-c0ef-4fcf-a73f-ce80610bd161';

describe('the frontend example', () => {
  it('is compiled as its sources and the schema have it', async () => {
    const { code, output } = await runToEnd('bash', ['-c', `${compileCommand} -- --validate`], { cwd: root });
    expect(output).not.toContain('Out of date');
    expect(code).toBe(0);
  });

  it('explains every code of the graph, and that the graph cannot be reached', () => {
    expect(Object.keys(explanations).toSorted()).toEqual([...errorCodes, 'UNREACHABLE'].toSorted());
    const texts = Object.values(explanations).map(({ title, text }) => `${title}. ${text}`);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe.skipIf(isBrowserMissing)(`the frontend example in Chromium${browserNote}`, () => {
  let browser: Browser;
  let built: BuiltFrontend;
  let app: RunningFrontend | undefined;
  let page: Page;
  let outsideRequests: string[];
  let pageErrors: string[];

  beforeAll(async () => {
    [browser, built] = await Promise.all([openBrowser(), buildFrontend()]);
  });
  beforeEach(async () => {
    ({ page, outsideRequests, pageErrors } = await openWatchedPage(browser));
    page.setDefaultTimeout(15_000);
  });
  afterEach(async () => {
    await page.close();
    await app?.close();
    app = undefined;
    expect(outsideRequests).toEqual([]);
    expect(pageErrors).toEqual([]);
  });
  afterAll(async () => {
    built?.remove();
    await browser?.close();
  });

  /** Opens the application over a gateway of its own, at a place behind its address. */
  const open = async (options: RunningGatewayOptions = {}, place = ''): Promise<RunningFrontend> => {
    const opened = await built.serve(options);
    app = opened;
    const [address, token] = opened.url.split('#') as [string, string];
    await page.goto(`${address}${place}#${token}`);
    return opened;
  };
  const rows = () => page.locator('.rows .row:not([aria-hidden])');
  const failure = () => page.locator('.failure');

  it('starts with the command of its README', async () => {
    const example = await startExample('examples/frontend');
    try {
      await page.goto(`${example.url}#token=${example.token}`);
      await rows().first().waitFor();
      expect(page.url()).not.toContain(example.token);
    } finally {
      await example.stop();
    }
  });

  it('lists subjects, and more of them as they are scrolled to', async () => {
    const { gateway } = await open();
    await rows().first().waitFor();
    await keepScreenshot(page, 'frontend-subjects');
    await page.getByText('2,000 subjects').waitFor();
    expect(await rows().count()).toBe(50);
    await rows().last().scrollIntoViewIfNeeded();
    await rows().nth(99).waitFor();
    await rows().last().scrollIntoViewIfNeeded();
    await rows().nth(149).waitFor();
    const shown = await page.locator('.row .identity .reference').allTextContents();
    expect(new Set(shown).size).toBe(shown.length);
    expect(gateway.upstreamQueries().length).toBeLessThan(10);
  });

  it('narrows the list by type, role and scope, in an address that can be kept', async () => {
    await open();
    await page.getByLabel('Type').selectOption('DEVICE');
    await page.locator('.count', { hasText: /^4\d\d subjects$/ }).waitFor();
    expect(new Set(await page.locator('.row .badge').allTextContents())).toEqual(new Set(['Device']));

    await page.getByLabel('Type').selectOption('');
    await page.getByLabel('Holds the role').fill('admin');
    await page.getByLabel('Uuid of the scope').fill(customer);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.locator('.count', { hasText: /^\d+ subjects?$/ }).waitFor();
    await keepScreenshot(page, 'frontend-filtered');
    const found = await page.locator('.row .identity .reference').allTextContents();
    expect(found).toContain('286f5456-a0ac-4e8a-8508-5c2224b47ae6');

    await page.reload();
    await rows().first().waitFor();
    expect(await page.locator('.row .identity .reference').allTextContents()).toEqual(found);
    expect(await page.getByLabel('Holds the role').inputValue()).toBe('admin');
  });

  it('says so where nobody matches', async () => {
    await open({}, '?holds=no-such-role');
    await page.getByRole('heading', { name: 'Nobody matches' }).waitFor();
    await keepScreenshot(page, 'frontend-nobody');
    expect(await rows().count()).toBe(0);
  });

  it('lets a person decide whether to search on where one question cannot pay for all of the search', async () => {
    const { gateway } = await open({ sandbox: { subjects: 4000 }, settings: { maxCalls: 2 } }, '?holds=no-such-role');
    const searchOn = page.getByRole('button', { name: 'Search on' });
    await searchOn.waitFor();
    // The exact count of what matches reads the rest, from a budget of its own.
    expect(gateway.upstreamQueries()).toHaveLength(4);
    await searchOn.click();
    await page.getByRole('heading', { name: 'Nobody matches' }).waitFor();
    expect(gateway.upstreamQueries()).toHaveLength(0);
  });

  it('leads from a subject to its roles, to a scope, to everybody there, to a role, and back', async () => {
    await open();
    await page.getByRole('link', { name: '286f5456-a0ac-4e8a-8508-5c2224b47ae6' }).click();
    await page.getByRole('heading', { name: 'auditor' }).waitFor();
    expect(await page.locator('h1').evaluate((heading) => heading === document.activeElement)).toBe(true);
    await keepScreenshot(page, 'frontend-subject');

    await page.getByRole('list', { name: 'Where admin holds' }).getByRole('link', { name: 'Customer' }).click();
    await page.getByRole('heading', { name: customer }).waitFor();
    await rows().first().waitFor();
    await keepScreenshot(page, 'frontend-scope');
    const listed = await rows().count();
    await page.getByLabel('Also those whose role holds everywhere').check();
    await page.locator('.row .everywhere').first().waitFor();
    expect(await rows().count()).toBeGreaterThan(listed);

    await page.getByRole('link', { name: 'admin', exact: true }).first().click();
    await page.getByRole('heading', { name: 'admin', level: 1 }).waitFor();
    await rows().first().waitFor();
    await keepScreenshot(page, 'frontend-role');

    await page.goBack();
    await page.getByRole('heading', { name: customer }).waitFor();
    await page.locator('.row .everywhere').first().waitFor();
    expect(await page.getByLabel('Also those whose role holds everywhere').isChecked()).toBe(true);
    await page.goBack();
    await page.getByRole('heading', { name: 'auditor' }).waitFor();
  });

  it('loads more scopes of a role, and says why where it cannot', async () => {
    const scopes = Array.from({ length: 30 }, (_, index) => ({ siteUuid: `site-${index}` }));
    const roles = [{ roleName: 'caretaker', scopes }];
    const world = parseWorld({ subjects: [{ subjectReference: 'alice', subjectType: 'SUBJECT_TYPE_USER', roles }] });
    const { gateway } = await open({ sandbox: { world }, settings: { cacheTtlMs: 0 } });
    await page.getByRole('link', { name: 'alice' }).click();
    const listed = page.getByRole('list', { name: 'Where caretaker holds' }).getByRole('link');
    await listed.nth(19).waitFor();
    gateway.sandbox.control.setFaults([{ status: 403 }]);
    await page.getByRole('button', { name: 'More scopes' }).click();
    await failure().waitFor();
    expect(await failure().getAttribute('data-code')).toBe('FORBIDDEN');
    gateway.sandbox.control.setFaults([]);
    await failure().getByRole('button', { name: 'Try again' }).click();
    await listed.nth(29).waitFor();
    expect([await listed.count(), await failure().count()]).toEqual([30, 0]);
  });

  it('asks for a token, and for a new one where it is refused, and goes on where it was', async () => {
    const { url, gateway } = await open();
    await rows().first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await keepScreenshot(page, 'frontend-sign-in');
    await page.goto(`${url.split('#')[0]}?type=DEVICE`);
    await page.getByLabel('Bearer token').fill('expired');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.failure[data-code=UNAUTHENTICATED]').waitFor();
    await keepScreenshot(page, 'frontend-unauthenticated');
    await page.getByLabel('Bearer token').fill(gateway.sandbox.adminToken);
    await page.locator('.failure').getByRole('button', { name: 'Sign in' }).click();
    await rows().first().waitFor();
    expect(new Set(await page.locator('.row .badge').allTextContents())).toEqual(new Set(['Device']));
  });

  const retryLater = { 'retry-after': '3600' };
  it.each([
    ['FORBIDDEN', { faults: [{ status: 403 }] }],
    ['UPSTREAM_UNAVAILABLE', { faults: [{ status: 503, headers: retryLater }] }],
    ['UPSTREAM_TIMEOUT', { faults: [{ form: 'hang' }] }],
    ['UPSTREAM_ERROR', { faults: [{ status: 500 }] }],
    ['UPSTREAM_INVALID_RESPONSE', { faults: [{ form: 'html' }] }],
  ] as const)('shows %s, and the list once that has passed', async (code, sandbox) => {
    const { gateway } = await open({ sandbox, settings: { timeoutMs: 1500, attemptTimeoutMs: 500, cacheTtlMs: 0 } });
    await failure().waitFor();
    await keepScreenshot(page, `frontend-${code.toLowerCase().replaceAll('_', '-')}`);
    expect(await failure().getAttribute('data-code')).toBe(code);
    expect(await failure().getByRole('heading').textContent()).toBe(explanations[code].title);
    gateway.sandbox.control.setFaults([]);
    await failure().getByRole('button', { name: /^Try/ }).click();
    await rows().first().waitFor();
  });

  it('says how long upstream asks to wait where that is longer than the question may take', async () => {
    await open({ sandbox: { faults: [{ status: 429, headers: retryLater }] }, settings: { timeoutMs: 30_000 } });
    await failure().waitFor();
    await keepScreenshot(page, 'frontend-rate-limited');
    expect(await failure().getAttribute('data-code')).toBe('RATE_LIMITED');
    expect(await failure().textContent()).toMatch(/Trying again in 1[12]\d s/);
  });

  it('tries again by itself once the pause that upstream asked for is over', async () => {
    await open({
      sandbox: { faults: [{ count: 1, status: 429, headers: { 'retry-after': '2' } }] },
      settings: { timeoutMs: 1000 },
    });
    await failure().getByText('Trying again in').waitFor();
    await rows().first().waitFor();
    expect(await failure().count()).toBe(0);
  });

  it('waits for an answer that is still being prepared, and picks it up', async () => {
    const { gateway } = await open({
      sandbox: { pending: { acceptAfterMs: 0, takesMs: 3000 } },
      settings: { timeoutMs: 1000 },
    });
    await failure().waitFor();
    await keepScreenshot(page, 'frontend-pending');
    expect(await failure().getAttribute('data-code')).toBe('UPSTREAM_PENDING');
    await rows().first().waitFor();
    const asked = gateway.sandbox.transcript().filter(({ responseId }) => responseId === undefined);
    expect(asked).toHaveLength(1);
  });

  it('starts a list over whose place upstream has forgotten', async () => {
    const { gateway } = await open({ settings: { cacheTtlMs: 0 } });
    await rows().first().waitFor();
    gateway.sandbox.control.setFaults([{ query: 'pageToken=', status: 400 }]);
    await rows().last().scrollIntoViewIfNeeded();
    await failure().waitFor();
    await keepScreenshot(page, 'frontend-expired-cursor');
    expect(await failure().getAttribute('data-code')).toBe('EXPIRED_CURSOR');
    gateway.sandbox.control.setFaults([]);
    await failure().getByRole('button', { name: 'Start over' }).click();
    await failure().waitFor({ state: 'detached' });
    await rows().last().scrollIntoViewIfNeeded();
    await rows().nth(60).waitFor();
  });

  it('shows CALL_BUDGET_EXCEEDED where a question cannot be paid for', async () => {
    await open({
      sandbox: { faults: [{ status: 503, headers: { 'retry-after': '0' } }] },
      settings: { maxCalls: 1, cacheTtlMs: 0 },
    });
    await failure().waitFor();
    await keepScreenshot(page, 'frontend-call-budget-exceeded');
    expect(await failure().getAttribute('data-code')).toBe('CALL_BUDGET_EXCEEDED');
  });

  it('shows BAD_USER_INPUT for an address that names nothing', async () => {
    await open({}, '?subject=nonsense');
    await failure().waitFor();
    await keepScreenshot(page, 'frontend-bad-user-input');
    expect(await failure().getAttribute('data-code')).toBe('BAD_USER_INPUT');
    await failure().getByRole('link', { name: 'All subjects' }).click();
    await rows().first().waitFor();
  });

  it('says that the graph cannot be reached, and goes on once it can', async () => {
    await open();
    await rows().first().waitFor();
    await page.context().setOffline(true);
    await page.getByLabel('Type').selectOption('DEVICE');
    await failure().waitFor();
    await keepScreenshot(page, 'frontend-unreachable');
    expect(await failure().getAttribute('data-code')).toBe('UNREACHABLE');
    await page.context().setOffline(false);
    await failure().getByRole('button', { name: 'Try again' }).click();
    await rows().first().waitFor();
  });
});
