import type { Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import { violationsOf } from './axe.ts';
import { signIn } from './running-console.ts';
import { useConsole } from './use-console.ts';

/** Quentin Rossi of the sandbox's world: `billing.viewer` at three scopes, `user.manager` at three others. */
const quentin = 'bd4e1816-96f9-47fc-9be0-454363dc6e2d';
/** Søren Tanaka: holds a role everywhere, and `user.manager` at one site. */
const soren = 'cae823ab-e054-43f5-ba00-3595bcb2ed83';
/** Noam Šimek: one role, at one customer. */
const noam = '533187de-347c-48ab-a383-822591fae77e';

describe.skipIf(isBrowserMissing)(`changing roles at the console${browserNote}`, () => {
  const used = useConsole({ sandbox: { subjects: 200 }, settings: { writeSettleMs: 100 } });
  let page: Page;

  beforeAll(async () => {
    ({ page } = await used.openPage());
    page.setDefaultTimeout(15_000);
    await signIn(page, used.gateway.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });

  afterEach(() => used.gateway.sandbox.control.setFaults([]));

  /** Opens the page of a subject, and forgets what upstream saw so far. */
  const openSubject = async (reference: string): Promise<void> => {
    const { data } = await used.gateway.ask<{ subject: { id: string } }, object>(
      `{ subject(reference: "${reference}") { id } }`,
    );
    await page.goto(`${used.gateway.url}/subjects/${data?.subject.id}`);
    await page.getByRole('table').waitFor();
  };
  const writesSeen = (): number =>
    used.gateway.sandbox.transcript().filter(({ path }) => path.startsWith('/v2/role-assignments:')).length;
  const dialog = () => page.getByRole('dialog');
  const outcome = (status: string) => dialog().locator(`[data-status=${status}]`);

  it('takes a role at the scopes that are chosen: shown first, then done, then read anew', async () => {
    await openSubject(quentin);
    used.gateway.sandbox.clearTranscript();
    await page.getByRole('button', { name: 'Revoke billing.viewer of Quentin Rossi' }).click();
    await dialog().getByLabel('MSP 1').check();
    expect(await violationsOf(page, 'writes-where')).toEqual([]);
    await dialog().getByRole('button', { name: 'Show what would change' }).click();
    await outcome('WOULD_CHANGE').waitFor();
    expect(await outcome('WOULD_CHANGE').innerText()).toContain(
      'Quentin Rossi will no longer hold billing.viewer at MSP MSP 1',
    );
    expect(await outcome('WOULD_CHANGE').innerText()).toContain('The role stays at 2 other places.');
    expect(writesSeen()).toBe(0);
    expect(await violationsOf(page, 'writes-revoke')).toEqual([]);
    await dialog().getByRole('button', { name: 'Revoke', exact: true }).click();
    await outcome('CHANGED').waitFor();
    expect(await outcome('CHANGED').innerText()).toContain('ESET Connect says now');
    expect(writesSeen()).toBe(1);
    expect(await violationsOf(page, 'writes-revoked')).toEqual([]);
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await expect
      .poll(() =>
        page
          .getByRole('row', { name: /billing.viewer/ })
          .getByText('MSP 1')
          .count(),
      )
      .toBe(0);
  });

  it('asks for the name of a role before the last scope of it goes', async () => {
    await openSubject(soren);
    await page.getByRole('button', { name: 'Revoke user.manager of Søren Tanaka' }).click();
    await outcome('WOULD_CHANGE').waitFor();
    const revoke = dialog().getByRole('button', { name: 'Revoke', exact: true });
    expect(await revoke.isDisabled()).toBe(true);
    const field = dialog().getByLabel('This takes all of the role. Type its name to go on');
    await field.fill('user');
    expect(await revoke.isDisabled()).toBe(true);
    expect(await violationsOf(page, 'writes-last-scope')).toEqual([]);
    await field.fill('user.manager');
    await revoke.click();
    await outcome('CHANGED').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await expect.poll(() => page.getByRole('row', { name: /user.manager/ }).count()).toBe(0);
  });

  it('gives a role at a scope that was searched for, and everywhere only when its name is typed', async () => {
    await openSubject(noam);
    await page.getByRole('button', { name: 'Assign' }).click();
    await pick('Role', 'audit', 'auditor');
    await dialog().getByLabel('At', { exact: true }).fill('Fir Log');
    await page.getByRole('option', { name: 'Fir Logistics 2' }).first().waitFor();
    expect(await violationsOf(page, 'writes-hits')).toEqual([]);
    await page.getByRole('option', { name: 'Fir Logistics 2' }).first().click();
    expect(await violationsOf(page, 'writes-assign')).toEqual([]);
    await dialog().getByRole('button', { name: 'Show what would change' }).click();
    await outcome('WOULD_CHANGE').waitFor();
    expect(await outcome('WOULD_CHANGE').innerText()).toContain(
      'Noam Šimek will hold auditor at customer Fir Logistics 2 and everywhere below it',
    );
    await dialog().getByRole('button', { name: 'Back' }).click();
    await dialog().getByLabel('Everywhere, now and later').check();
    await dialog().getByRole('button', { name: 'Show what would change' }).click();
    await outcome('WOULD_CHANGE').waitFor();
    expect(await outcome('WOULD_CHANGE').innerText()).toContain('Noam Šimek will hold auditor everywhere');
    const assign = dialog().getByRole('button', { name: 'Assign', exact: true });
    expect(await assign.isDisabled()).toBe(true);
    await dialog().getByLabel('This holds everywhere, now and later. Type its name to go on').fill('auditor');
    await assign.click();
    await outcome('CHANGED').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await page
      .getByRole('row', { name: /auditor/ })
      .getByText('everywhere')
      .waitFor();
  });

  const pick = async (label: string, text: string, option: string): Promise<void> => {
    await dialog().getByLabel(label, { exact: true }).fill(text);
    await page.getByRole('option', { name: option }).first().click();
  };

  it('says that it does not know where nobody knows, and looks again when told to', async () => {
    await openSubject(quentin);
    await page.getByRole('button', { name: 'Revoke user.manager of Quentin Rossi' }).click();
    await dialog().getByLabel('Workshop').check();
    await dialog().getByRole('button', { name: 'Show what would change' }).click();
    await outcome('WOULD_CHANGE').waitFor();
    // The write is carried out, its answer is lost, and then nothing can be read.
    used.gateway.sandbox.control.setFaults([
      { method: 'POST', form: 'reset', lost: 'after', domain: 'identity' },
      { method: 'GET', status: 403, domain: 'identity', skip: 1 },
    ]);
    await dialog().getByRole('button', { name: 'Revoke', exact: true }).click();
    await outcome('UNKNOWN').waitFor();
    expect(await outcome('UNKNOWN').innerText()).toContain('Whether this was done is not known');
    expect(await violationsOf(page, 'writes-unknown')).toEqual([]);
    used.gateway.sandbox.control.setFaults([]);
    await dialog().getByRole('button', { name: 'Look again' }).click();
    await outcome('UNCHANGED').waitFor();
    expect(await outcome('UNCHANGED').innerText()).toContain('It is done');
    await dialog().getByRole('button', { name: 'Close' }).last().click();
  });

  it('says of a change that failed why, and what upstream says', async () => {
    await openSubject(quentin);
    await page.getByRole('button', { name: 'Revoke billing.viewer of Quentin Rossi' }).click();
    await dialog().getByRole('checkbox').first().check();
    await dialog().getByRole('button', { name: 'Show what would change' }).click();
    await outcome('WOULD_CHANGE').waitFor();
    used.gateway.sandbox.control.setFaults([{ method: 'POST', status: 403, domain: 'identity' }]);
    await dialog().getByRole('button', { name: 'Revoke', exact: true }).click();
    await outcome('FAILED').waitFor();
    expect(await outcome('FAILED').innerText()).toContain('Not changed');
    expect(await violationsOf(page, 'writes-failed')).toEqual([]);
    await dialog().getByRole('button', { name: 'Close' }).last().click();
  });

  it('revokes from a finding and from a check, and assigns at a scope', async () => {
    await page.goto(`${used.gateway.url}/findings?kind=GLOBAL_GRANT`);
    await page.getByRole('button', { name: /^Revoke 305d0e44.* of Søren Tanaka$/ }).click();
    await outcome('WOULD_CHANGE').waitFor();
    expect(await outcome('WOULD_CHANGE').innerText()).toContain('everywhere');
    await dialog().getByRole('button', { name: 'Cancel' }).click();

    await page.goto(
      `${used.gateway.url}/check?${new URLSearchParams({ who: quentin, 'who-name': 'Quentin Rossi', role: 'billing.viewer' })}`,
    );
    await page.getByRole('button', { name: 'Revoke billing.viewer of Quentin Rossi' }).first().click();
    await outcome('WOULD_CHANGE').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();

    const { data } = await used.gateway.ask<
      { census: { scopes: { nodes: { id: string; displayName: string }[] } } },
      object
    >(`{ census { scopes(first: 100, kind: CUSTOMER) { nodes { id displayName } } } }`);
    const scope = data?.census.scopes.nodes.find(({ displayName }) => displayName === 'Fir Logistics 2');
    await page.goto(`${used.gateway.url}/scopes/${scope?.id}`);
    await page.getByRole('button', { name: 'Assign here' }).click();
    await pick('Who', 'quentin ro', 'Quentin Rossi');
    await pick('Role', 'policy', 'policy.editor');
    await dialog().getByRole('button', { name: 'Show what would change' }).click();
    await outcome('WOULD_CHANGE').waitFor();
    await dialog().getByRole('button', { name: 'Assign', exact: true }).click();
    await outcome('CHANGED').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('direct', { exact: true }).click();
    await page.getByRole('table').getByText('Quentin Rossi').waitFor();
  });

  it('shows no trace of it where the gateway changes nothing, or this caller may not', async () => {
    const service = {
      auth: 'service',
      username: 'administrator@sandbox.example',
      password: 'sandbox-administrator',
    } as const;
    for (const [settings, key, isThere] of [
      [{ writes: true, writers: ['writer'] }, 'writer:a-key-of-the-writer', true],
      [{ writes: true, writers: ['writer'] }, 'reader:a-key-of-the-reader', false],
      [{ writes: false }, 'writer:a-key-of-the-writer', false],
    ] as const) {
      const other = await used.runAnother({
        isSandboxMode: false,
        sandbox: { subjects: 20 },
        settings: {
          ...service,
          ...settings,
          apiKeys: ['writer:a-key-of-the-writer', 'reader:a-key-of-the-reader'],
        },
      });
      const { page: theirs } = await used.openPage();
      await theirs.goto(`${other.url}/findings?kind=GLOBAL_GRANT`);
      await theirs.getByLabel('API key or JWT').fill(key.slice(key.indexOf(':') + 1));
      await theirs.getByRole('button', { name: 'Sign in' }).click();
      await theirs.getByRole('table').waitFor();
      await theirs.waitForLoadState('networkidle');
      expect((await theirs.getByRole('button', { name: /^Revoke/ }).count()) > 0, key).toBe(isThere);
      await theirs.close();
      await other.close();
    }
  });
});
