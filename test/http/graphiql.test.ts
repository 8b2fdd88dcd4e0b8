import type { Browser, Page } from 'playwright-core';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graph/schema.ts';
import { teachingTabs, writeLesson } from '../../src/http/graphiql-tabs.ts';
import { browserNote, isBrowserMissing, keepScreenshot, openBrowser, openWatchedPage } from '../support/browser.ts';
import { type Answer, type RunningGateway, runGateway } from '../support/running-gateway.ts';

/** Those of the sandbox. */
const lessons = [...teachingTabs, writeLesson];
const seedReference = '286f5456-a0ac-4e8a-8508-5c2224b47ae6';

describe('GraphiQL', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway();
  });
  afterAll(() => gateway.close());

  const getPage = (headers: Record<string, string>) => fetch(`${gateway.url}/graphql`, { headers });

  /** What Chromium and Firefox send with an address that somebody opens. */
  const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  it.each([browserAccept, 'text/html', 'application/json;q=0.5, text/html'])(
    'is served to who prefers it: %s',
    async (accept) => {
      for (const path of ['/graphql', '/graphql?query={__typename}', '/graphql?query={__typename}&variables={}']) {
        const page = await fetch(`${gateway.url}${path}`, { headers: { accept } });
        expect(page.headers.get('content-type')).toContain('text/html');
        expect(page.headers.get('cache-control')).toBe('no-store');
        expect((await page.text()).length).toBeLessThan(20_000);
      }
    },
  );

  it.each(['application/json', '*/*', 'application/json, text/html', 'text/html;q=0.8, application/json'])(
    'is not served to others: %s',
    async (accept) => {
      const answer = await fetch(`${gateway.url}/graphql?query={__typename}`, { headers: { accept } });
      expect(await answer.json()).toMatchObject({ data: { __typename: 'Query' } });
    },
  );

  it('lets nothing leave its origin, and runs no script but its own', async () => {
    const policy = (await getPage({ accept: 'text/html' })).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self'");
  });

  it('has a small page, and parts that browsers keep, compressed', async () => {
    const page = await (await getPage({ accept: 'text/html' })).text();
    const paths = [...page.matchAll(/(?:src|href)="(\/graphiql\/[0-9a-f]{20}\.(?:js|css))"/g)].map(
      ([, path]) => path as string,
    );
    expect(paths).toHaveLength(2);
    for (const path of paths) {
      const sizes: Record<string, number> = {};
      for (const encoding of ['br', 'gzip', 'identity']) {
        const part = await fetch(`${gateway.url}${path}`, { headers: { 'accept-encoding': encoding } });
        expect(part.status).toBe(200);
        expect(part.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
        expect(part.headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding);
        expect(part.headers.get('vary')).toBe('Accept-Encoding');
        sizes[encoding] = Number(part.headers.get('content-length'));
        expect((await part.arrayBuffer()).byteLength).toBeGreaterThan(sizes[encoding] - 1);
      }
      expect(sizes['br']).toBeLessThan((sizes['identity'] ?? 0) * 0.7);
      expect(sizes['gzip']).toBeLessThan((sizes['identity'] ?? 0) * 0.7);
    }
    const unknown = await fetch(`${gateway.url}/graphiql/00000000000000000000.js`);
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('cache-control')).toBe('no-store');
    expect(await unknown.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
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

  it.each([
    { where: 'outside of the sandbox', options: { isSandboxMode: false, settings: { writes: true } } },
    { where: 'where writes are off', options: { settings: { writes: false } } },
    {
      where: 'in service mode, where hardly anybody may write',
      options: {
        settings: { auth: 'service', username: 'a', password: 'b', apiKeys: ['tester:key'], writes: true },
      },
    },
  ] as const)('teaches no writes $where', async ({ options }) => {
    const without = await runGateway(options);
    try {
      const page = await (await fetch(`${without.url}/graphql`, { headers: { accept: 'text/html' } })).text();
      expect(page).toContain('ListSubjects');
      expect(page).not.toContain('GiveRole');
      expect(page).not.toContain('mutation');
    } finally {
      await without.close();
    }
  });

  it('teaches writes in the sandbox, by a dry run, and what it tells to change there works', async () => {
    expect(await (await getPage({ accept: 'text/html' })).text()).toContain('mutation GiveRole');
    interface Given {
      readonly assignRoles: { readonly dryRun: boolean; readonly results: readonly object[] };
    }
    const added = [{ name: 'billing.viewer', scopes: { nodes: [{ kind: 'DEVICE', displayName: 'iPhone-WC7' }] } }];
    gateway.sandbox.clearTranscript();
    const tried = (await lesson('GiveRole')) as Answer<Given>;
    expect(tried.data?.assignRoles).toMatchObject({ dryRun: true, results: [{ status: 'WOULD_CHANGE', added }] });
    expect(gateway.sandbox.transcript().filter(({ path }) => path.includes(':assignRole'))).toEqual([]);
    const { input } = JSON.parse(writeLesson.variables ?? '') as { input: object };
    const made = await gateway.ask<Given, object>(writeLesson.query, { input: { ...input, dryRun: false } });
    expect(made.data?.assignRoles).toMatchObject({ dryRun: false, results: [{ status: 'CHANGED', added }] });
    const back = await gateway.ask<object, object>(writeLesson.query.replace('assignRoles(', 'revokeRoles('), {
      input: { ...input, dryRun: false },
    });
    expect(back.data).toMatchObject({ revokeRoles: { results: [{ status: 'CHANGED', added: [] }] } });
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

  const lesson = (name: string) => {
    const { query = '', variables = '{}' } = lessons.find((tab) => tab.query.includes(` ${name}`)) ?? {};
    return gateway.ask<object, object>(query, JSON.parse(variables) as object);
  };
  const names = lessons.map(({ query }) => /^(?:query|mutation) (\w+)/m.exec(query)?.[1] as string);

  it.each(names.map((name, index) => [name, lessons[index]?.query as string] as const))(
    'teaches with %s, which is valid, answers without an error, and shows names',
    async (name, query) => {
      expect(validate(createSchema(), parse(query))).toEqual([]);
      const answer = await lesson(name);
      expect(answer.errors).toBeUndefined();
      expect(JSON.stringify(answer.data)).toMatch(/"reference":"[0-9a-f-]{36}"/);
      expect(JSON.stringify(answer.data)).toMatch(/"displayName":"[^"]+"/);
    },
  );

  it('leads through what people ask about access: who, why, what, whether, and what looks wrong', async () => {
    expect(names).toEqual(
      expect.arrayContaining(['WhoCanActHere', 'WhatTheyReach', 'MayThey', 'WholeAccount'] as const),
    );
    // The answers show what the lessons speak of: somebody who acts at a device through a group that holds the role at a customer around it.
    const why = { kind: 'INHERITED', memberOf: { uuid: expect.any(String) as string } };
    const way = [
      { kind: 'CUSTOMER', displayName: 'Aspen Dental 0' },
      { kind: 'ASSET_GROUP', displayName: 'Aspen Dental 0' },
      { kind: 'ASSET_GROUP', displayName: 'Reception' },
      { kind: 'DEVICE', displayName: 'iPhone-WC7' },
    ];
    expect((await lesson('MayThey')).data).toMatchObject({
      checkAccess: { isAllowed: true, gaps: [], reasons: [{ ...why, path: way }] },
    });
    const { data } = (await lesson('WhoCanActHere')) as {
      data: { scope: { access: { gaps: []; edges: { node: { displayName: string }; reasons: object[] }[] } } };
    };
    const { gaps, edges } = data.scope.access;
    expect(gaps).toEqual([]);
    expect(edges.find(({ node }) => node.displayName === 'María Peña')?.reasons).toMatchObject([{ ...why, path: way }]);
    expect(new Set(edges.flatMap(({ reasons }) => reasons.map((reason) => (reason as { kind: string }).kind)))).toEqual(
      new Set(['INHERITED', 'GLOBAL']),
    );
    expect((await lesson('WhatTheyReach')).data).toMatchObject({
      subject: { displayName: 'María Peña', access: { totalCount: expect.any(Number) as number, gaps: [] } },
    });
    expect((await lesson('WholeAccount')).data).toMatchObject({
      census: { subjectCount: 2000, findings: { nodes: expect.arrayContaining([expect.anything()]) as object[] } },
    });
  });

  describe.skipIf(isBrowserMissing)(`in Chromium${browserNote}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser();
    });
    afterAll(() => browser?.close());

    const run = async (page: Page, expected: string): Promise<void> => {
      await page.getByRole('button', { name: /execute query/i }).click();
      await page.locator('.result-window').getByText(expected).first().waitFor();
    };
    const tabsOf = (page: Page) => page.locator('.graphiql-tab').allInnerTexts();
    const activeTab = (page: Page) => page.locator('.graphiql-tab-active');
    const openPage = async (path: string, width = 1400) => {
      const watched = await openWatchedPage(browser);
      await watched.page.setViewportSize({ width, height: 900 });
      await watched.page.goto(`${gateway.url}${path}`);
      await watched.page.locator('.graphiql-query-editor .view-line').first().waitFor();
      return watched;
    };

    it('opens, runs its first tab, shows subjects, survives reloads, and asks nobody else for anything', async () => {
      const { page, outsideRequests, pageErrors } = await openPage('/graphql');
      await run(page, seedReference);
      await keepScreenshot(page, 'graphiql');
      const tabs = await tabsOf(page);
      expect(tabs).toHaveLength(lessons.length);
      for (let round = 0; round < 3; round++) {
        await page.reload();
        await run(page, seedReference);
        expect(await tabsOf(page)).toEqual(tabs);
      }
      expect(outsideRequests).toEqual([]);
      expect(pageErrors).toEqual([]);
      await page.context().close();
    });

    it('shows every lesson at the first click on its tab, whole, and goes on with it after a reload', async () => {
      const { page } = await openPage('/graphql');
      const tabs = await tabsOf(page);
      for (const index of [3, 1, 4, 8, 7, 6, 2, 5, 0]) {
        // Every tab can be seen without scrolling.
        const tab = await page.locator('.graphiql-tab').nth(index).boundingBox();
        expect((tab?.x ?? Infinity) + (tab?.width ?? 0)).toBeLessThan(1212);
        await page.locator('.graphiql-tab').nth(index).locator('button').first().click();
        await page.locator('.graphiql-tab').nth(index).and(activeTab(page)).waitFor();
        await page
          .locator('.graphiql-query-editor')
          .getByText(tabs[index] as string)
          .first()
          .waitFor();
        // Nothing of it is cut off at the right.
        const overflow = await page.locator('.graphiql-query-editor').evaluate((editor) => {
          const right = editor.getBoundingClientRect().right;
          return Math.max(
            ...[...editor.querySelectorAll('.view-line > span')].map(
              (line) => line.getBoundingClientRect().right - right,
            ),
          );
        });
        expect(overflow).toBeLessThan(0);
      }
      await page.locator('.graphiql-tab').nth(2).locator('button').first().click();
      await keepScreenshot(page, 'graphiql-lesson');
      await page.reload();
      await page.locator('.graphiql-tab').nth(2).and(activeTab(page)).waitFor();
      expect(await tabsOf(page)).toEqual(tabs);
      await run(page, 'ancestors');
      await keepScreenshot(page, 'graphiql-access');
      await page.context().close();
    });

    it('opens a shared link with its query and variables, in one tab, however often', async () => {
      const query = 'query Shared($n: Int) { subjects(first: $n) { totalCount } }';
      const link = `/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent('{ "n": 3 }')}`;
      const { page } = await openPage(link);
      expect(await activeTab(page).innerText()).toContain('Shared');
      await run(page, 'totalCount');
      await page.goto(`${gateway.url}/graphql`);
      await activeTab(page).waitFor();
      await page.goto(`${gateway.url}${link}`);
      await run(page, 'totalCount');
      await page.reload();
      await run(page, 'totalCount');
      expect((await tabsOf(page)).filter((name) => name.includes('Shared'))).toHaveLength(1);
      expect(await tabsOf(page)).toHaveLength(lessons.length + 1);
      await page.context().close();
    });

    it('shows under Headers that a token is sent, and lets one of the user’s own win', async () => {
      const { page } = await openPage('/graphql');
      await page.getByRole('button', { name: 'Headers', exact: true }).click();
      await page.locator('.graphiql-editor-tool').getByText('the sandbox').first().waitFor();
      await keepScreenshot(page, 'graphiql-headers');
      await run(page, seedReference);
      await page.locator('.graphiql-editor-tool .view-line').last().click();
      await page.keyboard.press('Control+A');
      await page.keyboard.type('{ "authorization": "Bearer made-up');
      await run(page, 'UNAUTHENTICATED');
      expect(await page.locator('.result-window').innerText()).not.toContain(seedReference);
      await page.context().close();
    });
  });
});
