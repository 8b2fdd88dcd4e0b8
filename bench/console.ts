import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../test/support/browser.ts';
import { startServer } from '../test/support/processes.ts';

// The console as a person meets it: how soon there is something to see, how soon search answers once the graph has, and three tasks, each
// with its clicks and seconds; with `--tasks` these alone. In Chromium, over `serve --sandbox` with 2,000 subjects at ten calls a second.

const rounds = 5;
/** As somebody types who knows what they look for. */
const keyMs = 80;

/** A gateway of its own: nothing is kept in it. */
const startGateway = async () => {
  const server = startServer('node', ['dist/cli/main.cjs', 'serve', '--sandbox', '--port', '0', '--sandbox-port', '0']);
  const [, url = ''] = await server.waitFor(/The console is at (\S+?)\/,/);
  return { url, stop: () => server.stop() };
};

/** The token of the sandbox's administrator, as the page is told it. */
const tokenOf = async (url: string): Promise<string> => {
  const html = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
  const facts = /name="rolescope" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '{}';
  const [account] = (JSON.parse(facts) as { readonly accounts: readonly { readonly token: string }[] }).accounts;
  return account?.token ?? '';
};

/** A page of somebody who has signed in, with nothing kept by the browser. */
const openPage = async (browser: Browser, url: string): Promise<Page> => {
  const token = await tokenOf(url);
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, acceptDownloads: true });
  const page = await context.newPage();
  await page.addInitScript(`sessionStorage.setItem('rolescope.credential', ${JSON.stringify(token)})`);
  await page.addInitScript(noteAnswers);
  return page;
};

/** Notes when the page had its last answer of the graph in hand. */
const noteAnswers = `{
  const { json } = Response.prototype;
  Response.prototype.json = async function () {
    const answer = await json.call(this);
    window.answeredMs = performance.now();
    return answer;
  };
}`;

/** When this is drawn, in milliseconds since the page was asked for. */
const drawnMs = async (page: Page, text: string): Promise<number> => {
  const handle = await page.waitForFunction(
    (wanted) => (document.querySelector('main')?.innerText.includes(wanted) ? performance.now() : undefined),
    text,
    { polling: 'raf' },
  );
  return (await handle.jsonValue()) ?? Number.NaN;
};

const report = (what: string, times: readonly number[]): void => {
  const sorted = times.toSorted((one, other) => one - other);
  const [least = 0, median = 0, most = 0] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  process.stdout.write(`${what}: ${Math.round(median)} ms (${Math.round(least)} to ${Math.round(most)})\n`);
};

const paint = async (browser: Browser, isCold: boolean): Promise<void> => {
  const first: number[] = [];
  const useful: number[] = [];
  let gateway = await startGateway();
  if (!isCold) {
    const page = await openPage(browser, gateway.url);
    await page.goto(gateway.url);
    await drawnMs(page, 'Roles with most holders');
    await page.context().close();
  }
  for (let round = 0; round < rounds; round++) {
    const page = await openPage(browser, gateway.url);
    await page.goto(gateway.url, { waitUntil: 'commit' });
    useful.push(await drawnMs(page, 'Roles with most holders'));
    first.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0));
    await page.context().close();
    if (!isCold) continue;
    await gateway.stop();
    gateway = await startGateway();
  }
  await gateway.stop();
  const state = isCold ? 'a gateway just started' : 'a gateway that has read the account';
  report(`overview, ${state}, first paint`, first);
  report(`overview, ${state}, all its numbers`, useful);
};

/** From a click to what it leads to, and from the graph's answer to a search to its hits on the page. */
const interaction = async (browser: Browser, url: string): Promise<void> => {
  const opened: number[] = [];
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await openPage(browser, url);
    await page.goto(url);
    await drawnMs(page, 'Roles with most holders');
    const began = await page.evaluate(() => performance.now());
    await page.getByRole('link', { name: 'Subjects', exact: true }).click();
    await page.getByRole('table', { name: 'Subjects' }).waitFor();
    opened.push((await page.evaluate(() => performance.now())) - began);
    await page.getByLabel('Search subjects, scopes and roles').pressSequentially('laptop', { delay: keyMs });
    const shown = await page.waitForFunction(
      () =>
        [...document.querySelectorAll('[role=option]')].some(({ textContent }) => /laptop/i.test(textContent ?? ''))
          ? performance.now()
          : undefined,
      undefined,
      { polling: 'raf' },
    );
    const answeredMs = await page.evaluate<number>('window.answeredMs');
    found.push(((await shown.jsonValue()) ?? Number.NaN) - answeredMs);
    await page.context().close();
  }
  report('from the overview to the list of subjects, by a click', opened);
  report("from the graph's answer to the hits of a search", found);
};

/** Somebody at work: counts what they press. */
const createHands = (page: Page) => {
  let clicks = 0;
  let keys = 0;
  return {
    async click(role: Parameters<Page['getByRole']>[0], name: string | RegExp, within = 'body'): Promise<void> {
      clicks++;
      await page
        .locator(within)
        .getByRole(role, { name, exact: typeof name === 'string' })
        .first()
        .click();
    },
    async type(text: string): Promise<void> {
      keys += text.length;
      await page.keyboard.type(text, { delay: keyMs });
    },
    async press(key: string): Promise<void> {
      keys++;
      await page.keyboard.press(key);
    },
    get count() {
      return `${clicks} clicks, ${keys} keys`;
    },
  };
};

type Hands = ReturnType<typeof createHands>;

const task = async (
  browser: Browser,
  url: string,
  { title, work }: { readonly title: string; readonly work: (page: Page, hands: Hands) => Promise<string> },
): Promise<void> => {
  const page = await openPage(browser, url);
  await page.goto(url);
  await drawnMs(page, 'Roles with most holders');
  await page.getByLabel('Search subjects, scopes and roles').waitFor();
  const hands = createHands(page);
  const beganMs = performance.now();
  const seen = await work(page, hands);
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
  process.stdout.write(`${title}: ${hands.count}, ${seconds} s; ${seen}\n`);
  await page.context().close();
};

interface Holder {
  readonly displayName: string | null;
  readonly email: string | null;
  readonly roles: { readonly nodes: readonly { readonly scopes: { readonly nodes: readonly Place[] } }[] };
}

interface Place {
  readonly kind: string;
  readonly displayName: string | null;
}

/** A user who holds `auditor` at a customer and at another place too. */
const somebodyWithAuditor = async (
  url: string,
): Promise<{ readonly user: string; readonly email: string; readonly place: string }> => {
  const query = `{ subjects(first: 500, filter: { roleName: "auditor", type: USER, isGlobal: false }) { nodes {
    displayName email roles(name: "auditor") { nodes { scopes { nodes { kind displayName } } } } } } }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(url)}` },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as {
    readonly data: { readonly subjects: { readonly nodes: readonly Holder[] } };
  };
  for (const { displayName, email, roles } of data.subjects.nodes) {
    const places = roles.nodes.flatMap(({ scopes }) => scopes.nodes);
    const customer = places.find(({ kind, displayName: name }) => kind === 'CUSTOMER' && name !== null);
    if (
      displayName !== null &&
      email !== null &&
      /^[\w ]+$/.test(displayName) &&
      roles.nodes.length === 1 &&
      places.length > 1 &&
      customer?.displayName
    )
      return { user: displayName, email, place: customer.displayName };
  }
  throw new Error('nobody holds auditor at a customer and at another place');
};

const browser = await openBrowser();
const isOnlyTasks = process.argv.includes('--tasks');
if (!isOnlyTasks) {
  await paint(browser, true);
  await paint(browser, false);
}
const gateway = await startGateway();
if (!isOnlyTasks) await interaction(browser, gateway.url);

await task(browser, gateway.url, {
  title: 'who can act on the device SRV-6FI, and why',
  work: async (page, hands) => {
    await hands.press('/');
    await hands.type('srv-6fi');
    await hands.click('option', /device, place/);
    await page.getByText(/subjects, as of/).waitFor();
    const reason = await page.locator('[data-reason]').first().innerText();
    return `${await page.getByText(/subjects, as of/).innerText()}; first reason: ${reason.replaceAll('\n', ' ')}`;
  },
});

await task(browser, gateway.url, {
  title: 'all global grants with names as csv',
  work: async (page, hands) => {
    await hands.click('link', /held everywhere/, 'main');
    await page.getByRole('table').waitFor();
    const saved = page.waitForEvent('download');
    await hands.click('button', 'Export as CSV');
    const download = await saved;
    const stream = await download.createReadStream();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    return `${download.suggestedFilename()}, ${text.trimEnd().split('\n').length} lines`;
  },
});

const { user, email, place } = await somebodyWithAuditor(gateway.url);
await task(browser, gateway.url, {
  title: "take one user's auditor role away at one customer",
  work: async (page, hands) => {
    await hands.press('/');
    await hands.type(email);
    await page.getByRole('option', { name: user }).first().waitFor();
    await hands.press('Enter');
    await hands.click('button', `Revoke auditor of ${user}`);
    await hands.click('checkbox', new RegExp(`^${place}`), '[role=dialog]');
    await hands.click('button', 'Show what would change', '[role=dialog]');
    await hands.click('button', 'Revoke', '[role=dialog]');
    await page.getByRole('dialog').getByText('Writing').waitFor({ state: 'detached' });
    return (await page.getByRole('dialog').innerText()).replaceAll('\n', ' ');
  },
});

await gateway.stop();
await browser.close();
