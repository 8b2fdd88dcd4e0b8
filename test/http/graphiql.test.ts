import type { Browser } from 'playwright-core';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graph/schema.ts';
import { teachingTabs } from '../../src/http/graphiql-tabs.ts';
import { browserNote, isBrowserMissing, keepScreenshot, openBrowser, openWatchedPage } from '../support/browser.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

const seedReference = '286f5456-a0ac-4e8a-8508-5c2224b47ae6';

describe('GraphiQL', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway();
  });
  afterAll(() => gateway.close());

  const getPage = (headers: Record<string, string>) => fetch(`${gateway.url}/graphql`, { headers });

  it('is served to browsers only, and lets nothing leave its origin', async () => {
    const page = await getPage({ accept: 'text/html' });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
    expect(await page.text()).toContain('ListSubjects');
    const answer = await getPage({ accept: 'application/json' });
    expect(answer.headers.get('content-type')).not.toContain('text/html');
    await answer.text();
  });

  it('has the token of the sandbox in sandbox mode', async () => {
    expect(await (await getPage({ accept: 'text/html' })).text()).toContain(gateway.sandbox.adminToken);
  });

  it.each([
    { where: 'outside sandbox mode', options: { isSandboxMode: false } },
    {
      where: 'in service mode, where callers have keys of the gateway',
      options: { settings: { auth: 'service', username: 'a', password: 'b', apiKeys: ['tester:key'] } },
    },
  ] as const)('has no token $where', async ({ options }) => {
    const withoutToken = await runGateway(options);
    try {
      const page = await (await fetch(`${withoutToken.url}/graphql`, { headers: { accept: 'text/html' } })).text();
      expect(page).toContain('ListSubjects');
      expect(page).not.toContain('Bearer eyJ');
    } finally {
      await withoutToken.close();
    }
  });

  it('can be switched off', async () => {
    const without = await runGateway({ settings: { graphiql: false } });
    try {
      const answer = await fetch(`${without.url}/graphql`, { headers: { accept: 'text/html' } });
      expect(await answer.text()).not.toContain('ListSubjects');
    } finally {
      await without.close();
    }
  });

  it.each(teachingTabs.map((tab) => [/(?:query) (\w+)/.exec(tab.query)?.[1], tab] as const))(
    'teaches with %s, which is valid and answers without an error',
    async (_name, { query, variables }) => {
      expect(validate(createSchema(), parse(query))).toEqual([]);
      const answer = await gateway.ask<object, object>(query, JSON.parse(variables ?? '{}') as object);
      expect(answer.errors).toBeUndefined();
      expect(JSON.stringify(answer.data)).toMatch(/"reference":"[0-9a-f-]{36}"/);
    },
  );

  describe.skipIf(isBrowserMissing)(`in Chromium${browserNote}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser();
    });
    afterAll(() => browser?.close());

    it('opens, runs its first tab, shows subjects, survives a reload, and asks nobody else for anything', async () => {
      const { page, outsideRequests, pageErrors } = await openWatchedPage(browser);
      await page.goto(`${gateway.url}/graphql`);
      await page.getByRole('button', { name: /execute query/i }).click();
      await page.locator('.result-window').getByText(seedReference).first().waitFor();
      await keepScreenshot(page, 'graphiql');

      await page.reload();
      await page.getByRole('button', { name: /execute query/i }).click();
      await page.locator('.result-window').getByText(seedReference).first().waitFor();
      const tabs = await page.locator('.graphiql-tab').count();

      expect(tabs).toBe(teachingTabs.length);
      expect(outsideRequests).toEqual([]);
      expect(pageErrors).toEqual([]);
    });
  });
});
