import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { explanations } from '../../console/src/session/graph-error.ts';
import { errorCodes } from '../../src/model/errors.ts';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import { logIn } from '../support/running-gateway.ts';
import { customer } from './pages.ts';
import { signIn } from './running-console.ts';
import { useConsole } from './use-console.ts';

describe.skipIf(isBrowserMissing)(`what goes wrong at the console${browserNote}`, () => {
  const used = useConsole({ sandbox: { subjects: 300 } });

  it('says of every code what it means and what to do, and tries again', async () => {
    const { page } = await used.openPage();
    await signIn(page, used.gateway.url, '/roles');
    await page.getByRole('main').getByText('auditor').first().waitFor();
    let failing: string | undefined;
    await page.route('**/graphql', (route) =>
      failing === undefined || !route.request().postData()?.includes('pageRolesQuery')
        ? route.fallback()
        : route.fulfill({
            json: {
              data: null,
              errors: [{ message: 'Why it is so.', extensions: { code: failing, requestId: 'r-1' } }],
            },
          }),
    );
    const told = new Set<string>();
    for (const code of errorCodes.filter((known) => known !== 'UNAUTHENTICATED')) {
      failing = code;
      await page.goto(`${used.gateway.url}/roles`);
      const alert = page.locator(`[data-code=${code}]`);
      await alert.waitFor();
      const text = await alert.innerText();
      const { title, wayOut } = explanations[code] ?? { title: 'none', wayOut: 'none' };
      for (const part of [title, wayOut, 'Why it is so.', 'r-1']) expect(text, code).toContain(part);
      expect(text).not.toContain(code);
      told.add(`${title} ${wayOut}`);
      failing = undefined;
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('main').getByText('auditor').first().waitFor();
    }
    // Two codes that read the same would help nobody.
    expect(told.size).toBe(errorCodes.length - 1);
    await page.close();
  });

  it('keeps the page where a token ends, asks for a new one, and goes on with it', async () => {
    const passthrough = await used.runAnother({ isSandboxMode: false, sandbox: { subjects: 300 } });
    const { page } = await used.openPage();
    await page.goto(`${passthrough.url}/roles?name=aud`);
    await page.getByLabel('Access token').fill(await logIn(passthrough.sandbox, 'administrator'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('table', { name: 'Roles' }).getByText('auditor').waitFor();
    passthrough.sandbox.control.revokeTokens();
    // Asked of upstream again, which no longer knows the token. What was read stays.
    await page.getByRole('link', { name: 'Scopes', exact: true }).click();
    await page.getByRole('link', { name: 'Findings', exact: true }).click();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByText('Roles with most holders').waitFor();
    await page.getByRole('button', { name: 'Read the account now' }).click();
    await page.getByText('Your sign-in has ended').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await page.getByLabel('Access token').fill(await logIn(passthrough.sandbox, 'administrator'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Your sign-in has ended').waitFor({ state: 'detached' });
    await page.getByText('Roles with most holders').waitFor();
    await page.getByRole('link', { name: 'Subjects', exact: true }).click();
    await page.getByRole('table', { name: 'Subjects' }).waitFor();
    await page.close();
    await passthrough.close();
  });

  it('leaves the rest of a page standing where one field fails, says so, and takes nothing for none', async () => {
    const { page } = await used.openPage();
    await signIn(page, used.gateway.url, '/check');
    await page.getByText('Choose who').waitFor();
    await failField(page, 'pageOverviewQuery', ['census', 'high']);
    await failField(page, 'pageFindingsQuery', ['census', 'findings']);
    await failField(page, 'pageRoleQuery', ['role', 'subjects']);
    await failField(page, 'childrenQuery', ['node', 'children']);
    await failField(page, 'subjectCountQuery', ['subjects', 'totalCount']);
    await failField(page, 'searchFieldQuery', ['search']);

    await page.goto(used.gateway.url);
    await page.getByText('Roles with most holders').waitFor();
    await page.getByText('ESET Connect cannot be reached').first().waitFor();
    expect(await page.getByRole('main').innerText()).toContain('could not be told');
    expect(await page.getByRole('list', { name: 'Subjects by type' }).getByRole('listitem').count()).toBeGreaterThan(3);

    await page.goto(`${used.gateway.url}/findings`);
    await page.getByText('The findings could not be told').waitFor();
    expect(await page.getByText('Nothing looks wrong').count()).toBe(0);

    await page.goto(`${used.gateway.url}/roles/auditor`);
    await page.getByText('Who holds this role could not be told').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('auditor');

    await page.goto(`${used.gateway.url}/scopes/${await idOfCustomer()}?tab=children`);
    await page.getByText('What lies in it could not be told').waitFor();

    await page.goto(`${used.gateway.url}/subjects`);
    await page.getByText('how many could not be told').waitFor();
    await page.getByRole('table', { name: 'Subjects' }).getByRole('row').nth(10).waitFor();

    await page.keyboard.press('/');
    await page.keyboard.type('auditor');
    await page.getByText('ESET Connect cannot be reached. Try again in a minute.').waitFor();
    // The filter by scope on this page has words of its own for that, hidden.
    expect(await page.getByText('Nothing found').filter({ visible: true }).count()).toBe(0);
    await page.close();
  });

  it('says in sentences what an answer about access leaves open, and shows the rest of it', async () => {
    const { page } = await used.openPage();
    const scope = await idOfCustomer();
    await page.goto(`${used.gateway.url}/scopes/${scope}`);
    await page.getByRole('button', { name: /^Sign in as no-devices@/ }).click();
    await page.getByText('Not everything is known').waitFor();
    await page.getByText('You may not read the tree of groups, so access from above may be missing.').waitFor();
    expect(await page.getByRole('table', { name: 'Who has access here' }).getByRole('row').count()).toBeGreaterThan(1);
    await page.goto(`${used.gateway.url}/subjects?type=DEVICE`);
    await page.getByText('no access to names').first().waitFor();
    await page.close();
  });

  const idOfCustomer = async (): Promise<string> => {
    const { data } = await used.gateway.ask<{ scope: { id: string } }, object>(
      `{ scope(by: { customerUuid: "${customer}" }) { id } }`,
    );
    return data?.scope.id ?? '';
  };
});

/** Lets one field of the answers to an operation fail, and everything beside it come. */
const failField = async (page: Page, operation: string, path: readonly string[]): Promise<void> => {
  await page.route('**/graphql', async (route) => {
    const asked = route.request().postDataJSON() as { readonly operationName: string };
    if (asked.operationName !== operation) return route.fallback();
    const response = await route.fetch();
    const answer = (await response.json()) as { readonly data: Record<string, unknown> };
    let at = answer.data;
    for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
    at[path.at(-1) ?? ''] = null;
    const error = { message: 'It does not answer.', path, extensions: { code: 'UPSTREAM_UNAVAILABLE' } };
    await route.fulfill({ response, json: { ...answer, errors: [error] } });
  });
};
